import { describe, expect, it } from 'vitest';
import { doneShare, long } from '../../src/pages/campaigns/rows';

const ROW = { name: 'spring', mode: 'power', state: 'running', leads: 40, leads_left: 30, states: {}, eta_s: null };

describe('a campaign', () => {
  it('has its progress where it has leads', () => {
    expect(doneShare(ROW)).toBe(0.25);
    expect(doneShare({ ...ROW, leads: 0, leads_left: 0 })).toBeNull();
  });

  it('tells times as people do', () => {
    expect([null, 40, 600, 12_000].map(long)).toEqual(['–', '40 s', '10 min', '3 h 20 min']);
  });
});
