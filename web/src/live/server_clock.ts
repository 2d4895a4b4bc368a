/** What time is it on the engine's machine? Pure: both clocks are arguments, in seconds. */

const KEPT = 20;

/**
 * The difference between the engine's clock and ours. A message is late by its way through the network, never early: the
 * largest difference of the newest ones is the nearest to the truth.
 */
export class ServerClock {
  private readonly differences: number[] = [];

  /** A message written at `at` (epoch seconds, theirs) came at `own` (seconds of a clock of ours that never steps). */
  heard(at: number, own: number): void {
    this.differences.push(at - own);
    if (this.differences.length > KEPT) this.differences.shift();
  }

  /** Epoch seconds of the engine at `own`; null before the first message. */
  now(own: number): number | null {
    return this.differences.length === 0 ? null : own + Math.max(...this.differences);
  }
}

/** Whole seconds from `since` to `now`, never below 0; null where one of them is unknown. */
export function elapsedS(since: number | null | undefined, now: number | null): number | null {
  return since == null || now === null ? null : Math.max(0, Math.floor(now - since + 0.001));
}

/** "0:07", "12:34", "1:02:03"; a dash where it is unknown. */
export function clockFace(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
