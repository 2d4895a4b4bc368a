import { describe, expect, it } from 'vitest';
import { firstShown, HOLD_S, type Level, settle } from '../../src/live/hysteresis';

function shownAfter(levels: readonly (readonly [number, Level])[]): Level {
  return levels
    .slice(1)
    .reduce((shown, [now, level]) => settle(shown, level, now), firstShown(levels[0]?.[1] ?? 'good')).level;
}

describe('settle', () => {
  it('shows worse at once', () => {
    expect(
      shownAfter([
        [0, 'good'],
        [1, 'bad'],
      ]),
    ).toBe('bad');
    expect(
      shownAfter([
        [0, 'watch'],
        [1, 'bad'],
      ]),
    ).toBe('bad');
  });

  it('shows better only when it has held', () => {
    expect(
      shownAfter([
        [0, 'bad'],
        [1, 'good'],
        [1 + HOLD_S - 0.1, 'good'],
      ]),
    ).toBe('bad');
    expect(
      shownAfter([
        [0, 'bad'],
        [1, 'good'],
        [1 + HOLD_S, 'good'],
      ]),
    ).toBe('good');
  });

  it('begins to count again after a relapse', () => {
    expect(
      shownAfter([
        [0, 'bad'],
        [1, 'good'],
        [5, 'bad'],
        [6, 'good'],
        [12, 'good'],
      ]),
    ).toBe('bad');
  });

  it('goes down only as far as the worst of the time it held', () => {
    expect(
      shownAfter([
        [0, 'bad'],
        [1, 'good'],
        [4, 'watch'],
        [11, 'good'],
      ]),
    ).toBe('watch');
  });
});
