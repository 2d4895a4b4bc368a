/** How do many rows look? Sorted by any head, filtered by words, walked by the arrow keys; only what changed is drawn. */

import { Component, type ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from '../words';
import { Icon } from './icon';
import { found, held, type Order, type Sortable, sorted, turned } from './order';

export interface Column<Row> {
  readonly key: string;
  readonly head: string;
  /** What the figure means: shown at its head when somebody points at it. */
  readonly hint?: string | undefined;
  readonly isNumber?: boolean;
  /** Left out where the window is narrow. */
  readonly isForWide?: boolean;
  /** A class of the page's own. */
  readonly look?: string | undefined;
  readonly cell: (row: Row) => ComponentChildren;
  /** What it is sorted by; without, it cannot be sorted. */
  readonly by?: (row: Row) => Sortable;
}

interface TableProps<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly order?: Order | null;
  /** The words of a row in which the filter looks; without, there is no filter. */
  readonly textOf?: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  readonly classOf?: (row: Row) => string;
  /** Changes with everything but the row that cells are drawn from: what is chosen, the language. */
  readonly drawnFrom?: unknown;
  readonly tools?: ComponentChildren;
  readonly none?: string;
}

const STEP = 100;

export function Table<Row>(props: TableProps<Row>) {
  const { title, rows, keyOf, columns, textOf, onOpen, classOf, tools } = props;
  const [order, setOrder] = useState<Order | null>(props.order ?? null);
  const [asked, setAsked] = useState('');
  const [most, setMost] = useState(STEP);
  useEffect(() => {
    const all = () => setMost(Number.POSITIVE_INFINITY);
    window.addEventListener('beforeprint', all);
    return () => window.removeEventListener('beforeprint', all);
  }, []);
  const said = words.value.parts;
  const kept = textOf && asked.trim() !== '' ? rows.filter((row) => found(textOf(row), asked.trim())) : rows;
  const by = columns.find((column) => column.key === order?.column)?.by;
  const isHeld = useRef({ byPointer: false, byFocus: false });
  const before = useRef<readonly string[]>([]);
  const isStill = isHeld.current.byPointer || isHeld.current.byFocus;
  const inOrder = by && order ? sorted(kept, by, order.isDown) : kept;
  const all = isStill ? held(inOrder, keyOf, before.current) : inOrder;
  before.current = all.map(keyOf);
  const shown = all.slice(0, most);
  const drawnFrom = [props.drawnFrom, words.value];
  return (
    <section class="panel" aria-label={title}>
      <header class="panel-head">
        <h2>
          {title} <span class="quiet number">{said.rows(kept.length, rows.length)}</span>
        </h2>
        <div class="panel-tools">
          {tools}
          {textOf && (
            <label class="filter">
              <Icon name="search" />
              <input
                type="search"
                placeholder={said.filter}
                aria-label={`${said.filter}: ${title}`}
                value={asked}
                onInput={(event) => setAsked(event.currentTarget.value)}
              />
            </label>
          )}
        </div>
      </header>
      <div class="table-room">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head
                  key={column.key}
                  column={column}
                  order={order}
                  onTurn={() => {
                    before.current = [];
                    setOrder(turned(order, column.key));
                  }}
                />
              ))}
            </tr>
          </thead>
          {/* Live rows come every second: the one under the pointer must not become another one before the click. */}
          <tbody
            onKeyDown={walk}
            onPointerEnter={() => {
              isHeld.current.byPointer = true;
            }}
            onPointerLeave={() => {
              isHeld.current.byPointer = false;
            }}
            onFocusIn={() => {
              isHeld.current.byFocus = true;
            }}
            onFocusOut={() => {
              isHeld.current.byFocus = false;
            }}
          >
            {shown.map((row, index) => (
              <Line
                key={keyOf(row)}
                row={row}
                columns={columns}
                drawnFrom={drawnFrom}
                className={classOf?.(row) ?? ''}
                onOpen={onOpen}
                isFirst={index === 0}
              />
            ))}
          </tbody>
        </table>
        {all.length === 0 && <p class="quiet none">{props.none ?? said.none}</p>}
        {all.length > most && (
          <button type="button" class="more" onClick={() => setMost(most + 5 * STEP)}>
            {said.more(Math.min(5 * STEP, all.length - most))}
          </button>
        )}
      </div>
    </section>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly order: Order | null;
  readonly onTurn: () => void;
}

function Head<Row>({ column, order, onTurn }: HeadProps<Row>) {
  const isSorted = order?.column === column.key;
  const direction = isSorted ? (order.isDown ? 'descending' : 'ascending') : 'none';
  return (
    <th class={classOf(column)} title={column.hint} aria-sort={direction} scope="col">
      {column.by ? (
        <button type="button" class="head" onClick={onTurn}>
          {column.head}
          <span class="turn" aria-hidden="true">
            {isSorted ? (order.isDown ? '▼' : '▲') : ''}
          </span>
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}

function classOf<Row>(column: Column<Row>): string | undefined {
  const words = [column.isNumber ? 'is-number number' : '', column.isForWide ? 'is-for-wide' : '', column.look ?? ''];
  return words.join(' ').trim() || undefined;
}

interface LineProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly drawnFrom: readonly unknown[];
  readonly className: string;
  readonly onOpen: ((row: Row) => void) | undefined;
  readonly isFirst: boolean;
}

/** One row. Rows come as new objects only when something in them changed (live/difference.ts). */
class Line<Row> extends Component<LineProps<Row>> {
  override shouldComponentUpdate(next: LineProps<Row>): boolean {
    const now = this.props;
    return (
      next.row !== now.row ||
      next.className !== now.className ||
      next.isFirst !== now.isFirst ||
      next.columns.length !== now.columns.length ||
      next.drawnFrom.some((part, index) => part !== now.drawnFrom[index])
    );
  }

  override render({ row, columns, className, onOpen, isFirst }: LineProps<Row>) {
    const open = (event: Event) => {
      if (!(event.target instanceof Element && event.target.closest('button, a, input, select'))) onOpen?.(row);
    };
    return (
      <tr class={className} tabIndex={onOpen ? (isFirst ? 0 : -1) : undefined} onClick={onOpen ? open : undefined}>
        {columns.map((column) => (
          <td key={column.key} class={classOf(column)}>
            {column.cell(row)}
          </td>
        ))}
      </tr>
    );
  }
}

/** Arrow keys go from row to row, Enter opens one. */
function walk(event: KeyboardEvent): void {
  const row = event.target;
  if (!(row instanceof HTMLTableRowElement)) return;
  const next = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: row.parentElement?.firstElementChild,
    End: row.parentElement?.lastElementChild,
  }[event.key];
  if (next instanceof HTMLElement) {
    event.preventDefault();
    next.focus();
  } else if (event.key === 'Enter') {
    event.preventDefault();
    row.click();
  }
}
