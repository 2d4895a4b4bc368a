import { expect, it } from 'vitest';
import type { HealthRow, QueueRow, StatusRow } from '../../src/live/rows';
import { boardsOf, levelsOf, turnOf, unknownOf } from '../../src/pages/wall/boards';

function queue(name: string, oldest: number | null, targetS = 20): QueueRow {
  return {
    name,
    to_call: 0,
    waiting: oldest === null ? 0 : 1,
    oldest_since: oldest,
    target_s: targetS,
    service_level_percent: 80,
    agents_free: 1,
  } as QueueRow;
}

const STATUS = { waiting: 3, to_call: 1, agents_free: 3, agents_available: 4, today: { answered: 9 } } as StatusRow;
const HEALTH: HealthRow = { nodes: {}, down_since: {}, bugs: 0, breaks: [] };

it('shows all queues first, then each', () => {
  const boards = boardsOf([queue('a', 10), queue('b', null)], STATUS, []);
  expect(boards.map((board) => board.name)).toEqual([null, 'a', 'b']);
  expect([boards[0]?.waiting, boards[0]?.free, boards[0]?.today?.answered]).toEqual([2, 3, 9]);
});

it('names the queue of the longest wait of all, and measures it by the target there', () => {
  const [all] = boardsOf([queue('slow', 100, 300), queue('fast', 150, 20)], STATUS, []);
  expect([all?.oldestSince, all?.longestIn, all?.targetS]).toEqual([100, 'slow', 300]);
  const [idle] = boardsOf([queue('a', null, 30), queue('b', null, 20)], STATUS, []);
  expect([idle?.oldestSince, idle?.longestIn, idle?.targetS]).toEqual([null, null, 20]);
});

it('measures the service level of all by the targets of those who called', () => {
  const gold = { ...queue('gold', null), service_level_percent: 95, today: { offered: 10 } } as QueueRow;
  const usual = { ...queue('usual', null), today: { offered: 20 } } as QueueRow;
  expect(boardsOf([gold, usual], STATUS, []).map((board) => board.levelPercent)).toEqual([85, 95, 80]);
  expect(
    boardsOf([{ ...queue('gold', null), service_level_percent: 95 }, queue('a', null)], STATUS, [])[0]?.levelPercent,
  ).toBe(95);
});

it('shows no sum of the centre to who sees a part of it, or asks for a part', () => {
  const rows = [queue('a', 10), queue('b', null)];
  expect(boardsOf(rows, HEALTH, []).map((board) => board.name)).toEqual(['a', 'b']);
  expect(boardsOf(rows, STATUS, ['b']).map((board) => board.name)).toEqual(['b']);
});

it('tells which asked queues there are not', () => {
  expect(unknownOf([queue('a', null)], ['a', 'nope'])).toEqual(['nope']);
});

it('says act where nobody is here', () => {
  const [board] = boardsOf([{ ...queue('a', null), agents_free: 0, agents_available: 0 }], STATUS, []);
  expect(board && levelsOf(board, null)).toMatchObject({ free: 'bad', longest: 'good', level: 'unknown' });
});

it('turns', () => {
  expect([0, 14, 15, 44, 45].map((elapsed) => turnOf(3, elapsed, 15))).toEqual([0, 0, 1, 2, 0]);
  expect(turnOf(0, 99, 15)).toBe(0);
});
