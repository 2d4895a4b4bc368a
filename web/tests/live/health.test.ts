import { expect, it } from 'vitest';
import { type Heard, isBad, troublesOf } from '../../src/live/health';
import type { HealthRow } from '../../src/live/rows';

const WELL: HealthRow = {
  nodes: { a: 'up', b: 'up' },
  down_since: {},
  admission: { closed: '', since: null },
  redis: { up: true, away_since: null, standbys: 1 },
  store: { why: '', since: null },
  bugs: 0,
  breaks: [],
};

function heard(more: Partial<Heard>, status: Partial<HealthRow> = {}): Heard {
  const row = { ...WELL, ...status };
  return {
    connection: 'live',
    unheardS: null,
    now: 100,
    status: row,
    nodes: row.nodes,
    downSince: row.down_since,
    ...more,
  };
}

const kinds = (of: Heard) => troublesOf(of).map((trouble) => trouble.kind);

it('says nothing where all is well, and before anything was told', () => {
  expect(troublesOf(heard({}))).toEqual([]);
  expect(
    troublesOf({ connection: 'connecting', unheardS: null, now: null, status: undefined, nodes: {}, downSince: {} }),
  ).toEqual([]);
});

it('names the worst first', () => {
  const all = heard(
    { unheardS: 4 },
    {
      nodes: { a: 'down', b: 'up' },
      down_since: { a: 40 },
      admission: { closed: 'lag', since: 60 },
      store: { why: 'database or disk is full', since: 55 },
      redis: { up: false, away_since: 50, standbys: 0 },
    },
  );
  expect(troublesOf(all)).toEqual([
    { kind: 'unheard', name: '', since: 96 },
    { kind: 'closedLag', name: '', since: 60 },
    { kind: 'nodeDown', name: 'a', since: 40 },
    { kind: 'store', name: 'database or disk is full', since: 55 },
    { kind: 'redis', name: '', since: 50 },
  ]);
});

it('tells one lost switch from all of them, which are lost since the last one went', () => {
  expect(kinds(heard({}, { nodes: { a: 'up', b: 'down' } }))).toEqual(['nodeDown']);
  const all = { nodes: { a: 'down', b: 'down' } };
  expect(troublesOf(heard({}, { ...all, down_since: { a: 10, b: 30 } }))).toEqual([
    { kind: 'allDown', name: 'a, b', since: 30 },
  ]);
  expect(troublesOf(heard({}, { ...all, down_since: { a: 10 } }))[0]?.since).toBeNull();
});

it('tells a full engine from one that is late', () => {
  expect(kinds(heard({}, { admission: { closed: 'calls', since: 1 } }))).toEqual(['closedCalls']);
  expect(kinds(heard({}, { admission: { closed: 'drained', since: 1 } }))).toEqual(['closedDrained']);
});

it('says that nobody could take over, and that callers do not feel it', () => {
  const troubles = troublesOf(heard({}, { redis: { up: true, away_since: null, standbys: 0 } }));
  expect(troubles.map((trouble) => [trouble.kind, isBad(trouble)])).toEqual([['alone', false]]);
  expect(kinds(heard({}, { redis: null }))).toEqual([]);
});

it('tells which nodes are taken out of use, and why', () => {
  const troubles = troublesOf(heard({}, { drained: { b: { state: 'draining', reason: 'new disk' } } }));
  expect(troubles).toEqual([{ kind: 'drained', name: 'b (new disk)', since: null }]);
});

it('says nothing of the centre to whom it has refused', () => {
  expect(kinds(heard({ connection: 'refused', unheardS: 9 }))).toEqual([]);
});
