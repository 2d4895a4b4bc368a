/** How is a number written? Unknown is a dash, never 0. Pure. */

export function percent(fraction: number | null | undefined, digits = 0): string {
  return fraction == null || !Number.isFinite(fraction) ? '–' : `${(fraction * 100).toFixed(digits)} %`;
}

export function count(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? '–' : String(value);
}

export function seconds(value: number | null | undefined): string {
  return value == null || !Number.isFinite(value) ? '–' : `${Math.round(value)} s`;
}
