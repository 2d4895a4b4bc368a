import { expect, it } from 'vitest';
import { ofAbandoned, ofServiceLevel, ofWait, ofWaiting, shadeOf } from '../../src/live/levels';

it('looks at a wait by its target', () => {
  expect([null, 0, 14, 15, 20, 20.1].map((wait) => ofWait(wait, 20))).toEqual([
    'good',
    'good',
    'good',
    'watch',
    'watch',
    'bad',
  ]);
  expect(ofWait(121, 600)).toBe('bad');
});

it('looks at the service level by its target, and knows what is unknown', () => {
  expect([0.9, 0.89, 0.7, 0.69].map((level) => ofServiceLevel(level, 90))).toEqual(['good', 'watch', 'watch', 'bad']);
  expect([null, 0.8, 0.79, 0.6, 0.59].map((level) => ofServiceLevel(level, 80))).toEqual([
    'unknown',
    'good',
    'watch',
    'watch',
    'bad',
  ]);
});

it('looks at who waits by who is free, and at who gave up', () => {
  expect([ofWaiting(2, 0, 2), ofWaiting(3, 0, 2), ofWaiting(3, 1, 2)]).toEqual(['good', 'watch', 'good']);
  expect([null, 0.03, 0.04, 0.06].map(ofAbandoned)).toEqual(['unknown', 'good', 'watch', 'bad']);
});

it('grows darker after one and five minutes', () => {
  expect([null, 59, 60, 299, 300].map(shadeOf)).toEqual([0, 0, 1, 1, 2]);
});
