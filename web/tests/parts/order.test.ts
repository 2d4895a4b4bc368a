import { expect, it } from 'vitest';
import { found, held, sorted, turned } from '../../src/parts/order';

it('sorts numbers as numbers and words as people do; unknown stands last both ways', () => {
  const rows = [{ at: 10 }, { at: null }, { at: 9 }];
  expect(sorted(rows, (row) => row.at, false).map((row) => row.at)).toEqual([9, 10, null]);
  expect(sorted(rows, (row) => row.at, true).map((row) => row.at)).toEqual([10, 9, null]);
  expect(sorted(['b', 'a10', 'A9'], (row) => row, false)).toEqual(['A9', 'a10', 'b']);
});

it('turns a column around when it is chosen again', () => {
  const once = turned(null, 'name');
  expect([once.isDown, turned(once, 'name').isDown, turned(once, 'other').isDown]).toEqual([false, true, false]);
});

it('finds rows that have every word', () => {
  expect(found('anna Sales talking', 'sales ANN')).toBe(true);
  expect(found('anna sales', 'anna idle')).toBe(false);
});

it('holds rows in their places while somebody points at them; new ones come behind', () => {
  expect(held(['c', 'new', 'b', 'a'], (row) => row, ['a', 'gone', 'b', 'c'])).toEqual(['a', 'b', 'c', 'new']);
  expect(held(['b', 'a'], (row) => row, [])).toEqual(['b', 'a']);
});
