import { expect, it } from 'vitest';
import { waitBefore } from '../../src/live/backoff';

it('waits longer each time, at most ten seconds, and never all at the same moment', () => {
  expect([0, 1, 2, 3].map((tries) => waitBefore(tries, 1))).toEqual([0.5, 1, 2, 4]);
  expect(waitBefore(50, 1)).toBe(10);
  expect(waitBefore(50, 0)).toBe(5);
});
