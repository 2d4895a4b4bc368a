/** When is a figure worth a colour? The defaults of the boards, in one place. Pure. Unknown has no colour. */

import type { Level } from './hysteresis';

const LONG_WAIT_S = 120;
const SOON = 0.75;
const FAR_BELOW = 0.2;
const ROUNDING = 1e-9;
export const ABANDON_WATCH = 0.03;
const ABANDON_BAD = 0.05;

/** The longest wait: watch at three quarters of the target, act above it, and above two minutes whatever the target. */
export function ofWait(waitS: number | null, targetS: number): Level {
  if (waitS === null) return 'good';
  if (waitS > targetS || waitS > LONG_WAIT_S) return 'bad';
  return waitS >= SOON * targetS ? 'watch' : 'good';
}

/** More wait, besides those whose agents ring, than agents are free: somebody will wait longer. */
export function ofWaiting(waiting: number, ringing: number, free: number): Level {
  return waiting - ringing > free ? 'watch' : 'good';
}

/** The service level, a fraction, against its queue's target: watch below it, act twenty points below. */
export function ofServiceLevel(level: number | null | undefined, targetPercent: number): Level {
  if (level == null) return 'unknown';
  const below = targetPercent / 100 - level;
  if (below > FAR_BELOW + ROUNDING) return 'bad';
  return below > ROUNDING ? 'watch' : 'good';
}

/** The share of those who gave up. */
export function ofAbandoned(rate: number | null | undefined): Level {
  if (rate == null) return 'unknown';
  if (rate > ABANDON_BAD) return 'bad';
  return rate > ABANDON_WATCH ? 'watch' : 'good';
}

/** How many steps darker something is that has been so for a while: one after a minute, two after five. */
export function shadeOf(forS: number | null): number {
  if (forS === null || forS < 60) return 0;
  return forS < 300 ? 1 : 2;
}
