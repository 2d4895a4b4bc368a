import { describe, expect, it } from 'vitest';
import { alongOf, cell, emptyOf, isLong, type ReportAnswer, seriesOf, tickWords } from '../../src/pages/reports/rows';

const REPORT: ReportAnswer = {
  report: 'queues',
  from: 0,
  to: 3600,
  step: '30m',
  zone: 'Europe/Berlin',
  definitions: {},
  units: { start: 'time', queue: 'name', offered: 'count' },
  columns: ['start', 'queue', 'offered'],
  rows: [
    { start: 1800, queue: 'sales', offered: 3 },
    { start: 0, queue: 'sales', offered: 1 },
    { start: 0, queue: 'support', offered: null },
  ],
  weak: [],
};

describe('a figure', () => {
  it('is written by its unit, and unknown is a dash', () => {
    expect(cell(0.819, 'share', 'UTC')).toBe('81.9 %');
    expect(cell(null, 'count', 'UTC')).toBe('–');
    expect(cell(0, 'count', 'UTC')).toBe('0');
    expect(cell(61.25, 's', 'UTC')).toBe('61.3 s');
    expect(cell(3725, 's', 'UTC', true)).toBe('1:02:05');
    expect(cell('sales', 'name', 'UTC')).toBe('sales');
  });
});

describe('a column', () => {
  const talks: ReportAnswer = {
    ...REPORT,
    units: { agent: 'name', talk_s: 's', hold_s: 's', moved: 'count', csat: 'score' },
    columns: ['agent', 'talk_s', 'hold_s', 'moved', 'csat'],
    rows: [
      { agent: 'anna', talk_s: 35.8, hold_s: 2, moved: 0, csat: null },
      { agent: '', talk_s: 135.8, hold_s: 2, moved: 0, csat: null },
    ],
  };

  it('is written in one way', () => {
    expect(['agent', 'talk_s', 'hold_s'].map((name) => isLong(talks, name))).toEqual([false, true, false]);
    expect(cell(35.8, 's', 'UTC', true)).toBe('0:36');
  });

  it('is empty where nothing is in any row', () => {
    expect([...emptyOf(talks)]).toEqual(['moved', 'csat']);
  });

  it('shows a share of 0: nobody was content', () => {
    const worst = {
      ...talks,
      units: { ...talks.units, csat: 'share' },
      rows: talks.rows.map((row) => ({ ...row, csat: 0 })),
    };
    expect([...emptyOf(worst)]).toEqual(['moved']);
  });
});

describe('a curve', () => {
  it('goes along the wait where a report is of those who give up', () => {
    const gaveUp: ReportAnswer = {
      ...REPORT,
      units: { wait_s: 's', patience: 'share' },
      columns: ['wait_s', 'patience'],
      rows: [
        { wait_s: 10, patience: 1 },
        { wait_s: 5, patience: 0.9 },
      ],
    };
    expect(alongOf(gaveUp)).toBe('wait_s');
    expect(seriesOf(gaveUp, 'patience')).toEqual({ times: [5, 10], series: [{ name: 'patience', values: [0.9, 1] }] });
    expect(alongOf({ ...REPORT, columns: ['queue', 'offered'] })).toBe('');
  });

  it('has a value of each name at each step, in the order of time', () => {
    expect(seriesOf(REPORT, 'offered')).toEqual({
      times: [0, 1800],
      series: [
        { name: 'sales', values: [1, 3] },
        { name: 'support', values: [null, null] },
      ],
    });
  });

  it('has steps that are called by the time, with the day where it begins', () => {
    const midnight = Date.UTC(2026, 10, 21, 23) / 1000; // in Berlin
    expect(tickWords([midnight - 3600, midnight, midnight + 3600], 'Europe/Berlin', 'en-GB')).toEqual([
      '23:00\n21/11',
      '00:00\n22/11',
      '01:00',
    ]);
    expect(tickWords([midnight, midnight + 86_400], 'Europe/Berlin', 'zh-CN')).toEqual(['11/22', '11/23']);
  });

  it('is none where there is one step, or no such figure', () => {
    expect(seriesOf({ ...REPORT, rows: REPORT.rows.slice(1) }, 'offered')).toBeNull();
    expect(seriesOf(REPORT, 'answered')).toBeNull();
  });
});
