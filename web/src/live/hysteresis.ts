/** Which colour does a figure show, so that it does not flicker? Pure. Worse shows at once, better only when it has held. */

export type Level = 'unknown' | 'good' | 'watch' | 'bad';

export const HOLD_S = 10;
const ORDER: readonly Level[] = ['unknown', 'good', 'watch', 'bad'];

export interface Shown {
  readonly level: Level;
  /** Since when the figure itself has been better than what is shown; null while it is not. */
  readonly betterSince: number | null;
  /** The worst of what was since then. */
  readonly worst: Level;
}

export function firstShown(level: Level): Shown {
  return { level, betterSince: null, worst: level };
}

/** What is shown at `now` (seconds), when the figure itself says `level`. */
export function settle(shown: Shown, level: Level, now: number): Shown {
  if (rank(level) >= rank(shown.level)) return firstShown(level);
  if (shown.betterSince === null) return { level: shown.level, betterSince: now, worst: level };
  const worst = rank(level) > rank(shown.worst) ? level : shown.worst;
  if (now - shown.betterSince >= HOLD_S) return firstShown(worst);
  return { ...shown, worst };
}

export function rank(level: Level): number {
  return ORDER.indexOf(level);
}
