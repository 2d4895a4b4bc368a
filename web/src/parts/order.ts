/** In which order do rows stand, and which of them are shown? Pure. Unknown stands last, whichever way is sorted. */

export type Sortable = string | number | null | undefined;

export interface Order {
  readonly column: string;
  readonly isDown: boolean;
}

export function sorted<Row>(rows: readonly Row[], by: (row: Row) => Sortable, isDown: boolean): readonly Row[] {
  return [...rows].sort((one, other) => compare(by(one), by(other), isDown));
}

function compare(one: Sortable, other: Sortable, isDown: boolean): number {
  if (one == null || other == null) return one == null ? (other == null ? 0 : 1) : -1;
  const order =
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : String(one).localeCompare(String(other), undefined, { numeric: true, sensitivity: 'base' });
  return isDown ? -order : order;
}

/** Rows that were there stand as before, whatever has become of them; new ones come behind. */
export function held<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  before: readonly string[],
): readonly Row[] {
  if (before.length === 0) return rows;
  const places = new Map(before.map((key, index) => [key, index]));
  const place = (row: Row) => places.get(keyOf(row)) ?? before.length;
  return [...rows].sort((one, other) => place(one) - place(other));
}

/** The next order after a click on a column's head. */
export function turned(order: Order | null, column: string): Order {
  return { column, isDown: order?.column === column ? !order.isDown : false };
}

/** Does every word of `asked` occur in `text`? */
export function found(text: string, asked: string): boolean {
  const there = text.toLowerCase();
  return asked
    .toLowerCase()
    .split(/\s+/)
    .every((word) => there.includes(word));
}
