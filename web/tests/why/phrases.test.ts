import { expect, it } from 'vitest';
import { factPhrase, lookPhrase, queuePhrase, span, standingPhrase } from '../../src/why/phrases';
import type { Fact } from '../../src/why/told';
import { why as en } from '../../src/words/en/why';
import { why as zh } from '../../src/words/zh/why';

const fact = (more: Partial<Fact>): Fact => ({
  kind: 'offer',
  id: 'x',
  old: '',
  new: '',
  at: 100,
  cause: 'Test',
  ...more,
});

it('tells spans as people do', () => {
  expect([0, 119, 120, 3723].map((value) => span(value, en))).toEqual(['0 s', '119 s', '2:00 min', '1:02:03 h']);
  expect(span(65, zh)).toBe('65 秒');
});

it('tells how an agent stood', () => {
  expect(standingPhrase({ agent: 'ben', reason: 'wrapup', left_s: 7 }, undefined, en)).toBe('wraps up, 7 s left');
  expect(standingPhrase({ agent: 'ben', reason: 'on_break', detail: 'lunch', for_s: 60 }, undefined, en)).toBe(
    'on a break (lunch), for 60 s',
  );
  expect(standingPhrase({ agent: 'ben', reason: 'skill', detail: 'en', have: 2, need: 3 }, undefined, en)).toBe(
    'skill en 2 < 3',
  );
});

it('tells what put a free agent behind the chosen one', () => {
  const best = { agent: 'anna', reason: 'free', chosen: true, rule: 'longest_idle', figure: 90, level: 1 };
  expect(standingPhrase(best, undefined, en)).toBe('chosen: idle 90 s');
  const ben = { agent: 'ben', reason: 'free', lost_by: 'figure', rule: 'longest_idle', figure: 30 };
  expect(standingPhrase(ben, best, en)).toBe('idle 30 s, against idle 90 s');
});

it('tells what happened', () => {
  expect(factPhrase(fact({ kind: 'visit', new: 'waiting', queue: 'sales', position: 2 }), en)).toBe(
    'waits in sales, position 2',
  );
  expect(factPhrase(fact({ new: 'missed', agent: 'ben', until: 130 }), en)).toBe(
    'ben did not answer; not asked again for 30 s',
  );
  expect(factPhrase(fact({ kind: 'visit', old: 'waiting', new: 'answered' }), en)).toBeNull();
  expect(factPhrase(fact({ kind: 'place', seconds: -60, position: 3 }), zh)).toBe('减去等待时间 60 秒：第 3 位');
});

it('tells what a look was about, and what a queue has for an agent', () => {
  const look = { at: 1, contact: 'c', queue: 'q', urgency: 1.5, next_urgency: 0.5, next_contact: 'd', ring: 1 };
  expect(lookPhrase(look, en)).toBe('nobody is free; urgency 1.50; next 0.50 (d); ring 1');
  const queue = { queue: 'q', serves: true, waiting: 3, for_him: 1, free_agents: 2, asked_before: 1 };
  expect(queuePhrase(queue, { agent: 'ben', reason: 'talking' }, en)).toBe(
    '1 could be his if he were free; 1 of 2 free agents are asked before him',
  );
});
