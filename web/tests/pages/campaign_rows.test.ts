import { describe, expect, it } from 'vitest';
import {
  type CampaignRow,
  campaignsOf,
  doneShare,
  long,
  ofAbandonedBy,
  readyInS,
} from '../../src/pages/campaigns/rows';

const ROW = { name: 'spring', leads: 40, leads_left: 30, states: {} } as unknown as CampaignRow;

describe('a campaign', () => {
  it('has its progress where it has leads', () => {
    expect(doneShare(ROW)).toBe(0.25);
    expect(doneShare({ ...ROW, leads: 0, leads_left: 0 })).toBeNull();
    expect(doneShare({ ...ROW, states: { forgotten: 10 } })).toBe(0);
  });

  it('has its abandoned calls measured by its own cap', () => {
    expect([0.019, 0.021, 0.03, 0.031].map((share) => ofAbandonedBy(share, 3))).toEqual([
      'good',
      'watch',
      'watch',
      'bad',
    ]);
    expect([0, 0.001].map((share) => ofAbandonedBy(share, 0))).toEqual(['good', 'bad']);
  });

  it('is ready when it goes on as fast as since it began', () => {
    const running = { ...ROW, state: 'running', since: 1000, settled: 10 } as CampaignRow;
    expect(readyInS(running, 1100)).toBe(300);
    expect(readyInS({ ...running, settled: 0 }, 1100)).toBeNull();
    expect(readyInS({ ...running, state: 'paused' }, 1100)).toBeNull();
    expect(readyInS(running, null)).toBeNull();
  });

  it('is no row of promised calls', () => {
    expect(campaignsOf({ spring: { name: 'spring', state: 'ready' }, callbacks: { name: 'callbacks' } })).toEqual([
      { name: 'spring', state: 'ready' },
    ]);
  });

  it('tells times as people do', () => {
    expect([null, 40, 600, 12_000].map(long)).toEqual(['–', '40 s', '10 min', '3 h 20 min']);
  });
});
