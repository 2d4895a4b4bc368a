/** Which boards does a wall show, one after the other, and what stands on each? Pure. At most six numbers on a board. */

import type { Level } from '../../live/hysteresis';
import { ABANDON_WATCH, ofAbandoned, ofServiceLevel, ofWait, ofWaiting } from '../../live/levels';
import { type Counts, callersOf, type HealthRow, hasSums, type QueueRow, type StatusRow } from '../../live/rows';

/** The figures of a board: of one queue, or of all. */
export interface Board {
  readonly name: string | null;
  readonly waiting: number;
  readonly ringing: number;
  readonly oldestSince: number | null;
  /** The queue of the longest wait, where a board is of several. */
  readonly longestIn: string | null;
  readonly targetS: number;
  readonly levelPercent: number;
  readonly free: number;
  readonly available: number;
  readonly today: Counts | undefined;
}

/**
 * All queues first, then one each. With `asked` only those. A token that sees only some queues is told no sums: they
 * would be of others, too.
 */
export function boardsOf(
  queues: readonly QueueRow[],
  status: HealthRow | undefined,
  asked: readonly string[],
): readonly Board[] {
  const shown = asked.length === 0 ? queues : queues.filter((row) => asked.includes(row.name));
  const each = shown.map(ofQueue);
  const isSum = asked.length === 0 && queues.length > 1;
  return isSum && hasSums(status) ? [ofAll(queues, status), ...each] : each;
}

function ofQueue(row: QueueRow): Board {
  return {
    name: row.name,
    waiting: callersOf(row),
    ringing: row.ringing,
    oldestSince: row.oldest_since,
    longestIn: null,
    targetS: row.target_s,
    levelPercent: row.service_level_percent,
    free: row.agents_free,
    available: row.agents_available,
    today: row.today,
  };
}

/** An agent in two queues counts once; the longest wait is measured by the queue it is in. */
function ofAll(queues: readonly QueueRow[], status: StatusRow): Board {
  const longest = [...queues].sort((one, other) => since(one) - since(other))[0];
  const worst = longest?.oldest_since === null ? undefined : longest;
  return {
    name: null,
    waiting: callersOf(status),
    ringing: queues.reduce((sum, row) => sum + row.ringing, 0),
    oldestSince: worst?.oldest_since ?? null,
    longestIn: worst?.name ?? null,
    targetS: worst?.target_s ?? Math.min(...queues.map((row) => row.target_s)),
    levelPercent: levelPercentOf(queues),
    free: status.agents_free,
    available: status.agents_available,
    today: status.today,
  };
}

/** What all together reach where each reaches just its own target today; before the first call, the highest. */
function levelPercentOf(queues: readonly QueueRow[]): number {
  const all = queues.reduce((sum, row) => sum + (row.today?.offered ?? 0), 0);
  if (all === 0) return Math.max(...queues.map((row) => row.service_level_percent));
  return queues.reduce((sum, row) => sum + (row.today?.offered ?? 0) * row.service_level_percent, 0) / all;
}

function since(row: QueueRow): number {
  return row.oldest_since ?? Number.MAX_VALUE;
}

/** Those of the asked names that are no queue. */
export function unknownOf(queues: readonly QueueRow[], asked: readonly string[]): readonly string[] {
  return asked.filter((name) => !queues.some((row) => row.name === name));
}

export interface Levels {
  readonly waiting: Level;
  readonly longest: Level;
  readonly level: Level;
  readonly abandoned: Level;
  readonly free: Level;
}

export function levelsOf(board: Board, longestS: number | null): Levels {
  return {
    waiting: ofWaiting(board.waiting, board.ringing, board.free),
    longest: ofWait(longestS, board.targetS),
    level: ofServiceLevel(board.today?.service_level, board.levelPercent),
    abandoned: ofAbandoned(board.today?.abandon_rate),
    free: board.available === 0 ? 'bad' : board.free === 0 ? 'watch' : 'good',
  };
}

export const ABANDONED_TARGET = ABANDON_WATCH;

/** Which board is shown `elapsedS` after the wall began, when each stays `eachS`. */
export function turnOf(count: number, elapsedS: number, eachS: number): number {
  return count === 0 ? 0 : Math.floor(Math.max(0, elapsedS) / eachS) % count;
}
