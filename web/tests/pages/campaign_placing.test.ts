import { expect, it } from 'vitest';
import { placingPhrase } from '../../src/pages/campaigns/placing';
import type { Placing } from '../../src/pages/campaigns/rows';
import { campaigns as en } from '../../src/words/en/campaigns';
import { campaigns as zh } from '../../src/words/zh/campaigns';

const PREDICTIVE: Placing = {
  number: 3,
  why: 'cap',
  free: 2,
  freed: 1.4,
  share: 0.021,
  cap: 0.03,
  in_air: 4,
  lines_used: 8,
  lines: 10,
};
const PLAIN: Placing = { ...PREDICTIVE, why: 'evidence', freed: null, share: null, cap: null, in_air: 0, lines: null };

it('says what a decision rests on', () => {
  expect(placingPhrase(PREDICTIVE, en)).toBe(
    'dials 3 now: 2 free and 1.4 expected to be, 2.1 % of a cap of 3.0 %, 4 in the air, lines 8/10 (one more would break the cap)',
  );
  expect(placingPhrase(PLAIN, zh)).toBe('现在呼叫 3 个：空闲 2 人（了解尚少：每名空闲坐席一个）');
});

it('says no figure where nobody is dialled', () => {
  expect(placingPhrase({ ...PREDICTIVE, number: 0, why: 'switch_lost' }, en)).toBe(
    'dials nobody: the switch is not connected',
  );
});
