import { expect, it } from 'vitest';
import { rowsOf } from '../../src/parts/picture';

const lines = ['one', 'two', 'three'].map((name) => ({ name, colour: '#000000', dash: [] }));

it('puts as many names into a row as it is wide', () => {
  const rows = rowsOf(lines, 200, () => 40); // each takes 90
  expect(rows.map((row) => row.map(({ line, x }) => [line.name, x]))).toEqual([
    [
      ['one', 0],
      ['two', 90],
    ],
    [['three', 0]],
  ]);
});

it('gives a name that is too wide a row of its own, and nothing for nobody', () => {
  expect(rowsOf(lines, 50, () => 40).length).toBe(3);
  expect(rowsOf([], 50, () => 40)).toEqual([]);
});
