/** How long to wait before the next try to connect? Pure: chance (0 to 1) is an argument. */

const FIRST_S = 0.5;
const MOST_S = 10;

/** Seconds before try number `tries` (0 is the first after a drop). The half of it is chance: 200 walls must not come at once. */
export function waitBefore(tries: number, chance: number): number {
  const most = Math.min(MOST_S, FIRST_S * 2 ** Math.min(tries, 10));
  return most / 2 + (most / 2) * chance;
}
