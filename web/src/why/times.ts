/** How fresh is an explanation, and how are its times written? */

/** While somebody looks at it, it is asked for so often. */
export const AGAIN_S = 2;

/** The time of day of epoch seconds. */
export function timeOf(at: number): string {
  return new Date(at * 1000).toLocaleTimeString([], { hour12: false });
}
