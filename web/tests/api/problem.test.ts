import { expect, it } from 'vitest';
import { readProblem } from '../../src/api/problem';

it('takes the reason from what the engine says', () => {
  const told = '{"type":"urn:cti:not_waiting","title":"x","status":409,"detail":"it rings","refused":"not_waiting"}';
  const problem = readProblem(409, told);
  expect([problem.status, problem.reason, problem.message]).toEqual([409, 'not_waiting', 'it rings']);
  expect(readProblem(401, '{"type":"urn:cti:totp_needed"}').reason).toBe('totp_needed');
});

it('outlives the page of a proxy', () => {
  const problem = readProblem(502, '<html>Bad Gateway</html>');
  expect([problem.reason, problem.message]).toEqual(['http_502', 'http_502']);
});
