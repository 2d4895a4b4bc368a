import { describe, expect, it } from 'vitest';
import { clockFace, elapsedS, ServerClock } from '../../src/live/server_clock';

describe('ServerClock', () => {
  it('knows nothing before the first message', () => {
    expect(new ServerClock().now(5)).toBeNull();
  });

  it('trusts the message that was least late', () => {
    const clock = new ServerClock();
    clock.heard(1000.0, 10.4); // 0.4 s late
    clock.heard(1001.0, 11.05);
    clock.heard(1002.0, 13.0); // 1 s late
    expect(clock.now(20)).toBeCloseTo(1009.95);
  });

  it('forgets old messages: a clock that was set back is followed', () => {
    const clock = new ServerClock();
    clock.heard(2000, 10);
    for (let second = 0; second < 20; second += 1) clock.heard(1000 + second, 10 + second);
    expect(clock.now(30)).toBeCloseTo(1020);
  });
});

describe('a duration', () => {
  it('counts whole seconds, never below 0', () => {
    expect(elapsedS(100, 107.9)).toBe(7);
    expect(elapsedS(100, 99)).toBe(0);
    expect(elapsedS(null, 99)).toBeNull();
    expect(elapsedS(100, null)).toBeNull();
  });

  it('reads as a clock face, unknown as a dash', () => {
    expect([0, 7, 65, 754, 3723].map(clockFace)).toEqual(['0:00', '0:07', '1:05', '12:34', '1:02:03']);
    expect([null, undefined, Number.NaN].map(clockFace)).toEqual(['–', '–', '–']);
  });
});
