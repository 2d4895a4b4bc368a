import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ask, newOnce } from '../../src/api/client';

const keys: (string | undefined)[] = [];
let answers: (() => Response)[] = [];

beforeEach(() => {
  keys.length = 0;
  vi.stubGlobal('fetch', async (_address: string, init: RequestInit) => {
    keys.push((init.headers as Record<string, string>)['Idempotency-Key']);
    const answer = answers.shift();
    if (!answer) throw new TypeError('the network ended');
    return answer();
  });
});

afterEach(() => {
  answers = [];
  vi.unstubAllGlobals();
});

const fine = () => new Response('{"ok": true}');
const cut = () => new Response('{"ok": tr');

it('sends a request whose answer was lost again with the same key', async () => {
  const once = newOnce();
  answers = [cut];
  for (let tries = 0; tries < 2; tries += 1) {
    await expect(ask('POST', '/campaigns/spring/stop', { body: {}, once })).rejects.toThrow();
  }
  answers = [fine];
  await ask('POST', '/campaigns/spring/stop', { body: {}, once });
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(keys).size).toBe(1);
});

it('has another key for what is wanted anew: another dialog, other words, or once more when it was done', async () => {
  const once = newOnce();
  answers = [fine, fine, fine, fine];
  await ask('POST', '/contacts/1/prioritise', { body: { seconds: 60 }, once });
  await ask('POST', '/contacts/1/prioritise', { body: { seconds: 90 }, once });
  await ask('POST', '/contacts/1/prioritise', { body: { seconds: 60 }, once });
  await ask('POST', '/contacts/1/prioritise', { body: { seconds: 60 }, once: newOnce() });
  expect(new Set(keys).size).toBe(4);
});

it('has none where nothing is to be done once', async () => {
  answers = [fine];
  await ask('POST', '/agents/anna/pause', { body: {} });
  expect(keys).toEqual([undefined]);
});
