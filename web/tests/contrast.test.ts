import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../src/styles/base.css', import.meta.url), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((found) => [
    found[1] ?? '',
    [found[2] ?? '', found[3] ?? ''] as const,
  ]),
);

function luminance(colour: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5); // WCAG 2.2, relative luminance
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const PAIRS = [
  ...['ground', 'panel', 'raised'].flatMap((ground) =>
    ['ink', 'quiet', 'accent', 'danger'].map((ink) => [ink, ground]),
  ),
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ...['good', 'watch', 'bad', 'busy', 'pause', 'unknown'].map((tone) => [`${tone}-ink`, `${tone}-ground`]),
].map(([ink = '', ground = '']) => ({ ink, ground }));

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('%s', (_name, side) => {
  it.each(PAIRS)('$ink can be read on $ground', ({ ink, ground }) => {
    expect(contrast(colours.get(ink)?.[side] ?? '', colours.get(ground)?.[side] ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
