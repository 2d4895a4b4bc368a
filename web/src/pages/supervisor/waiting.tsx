/** Who waits, in the order of service, and what can be done for him? */

import { user } from '../../api/session';
import { ofWait, shadeOf } from '../../live/levels';
import type { CallRow, QueueRow } from '../../live/rows';
import { Badge } from '../../parts/badge';
import { Duration, useElapsedS } from '../../parts/duration';
import { type Column, Table } from '../../parts/table';
import { named, words } from '../../words';
import { Act } from './agents';
import { asked } from './doing';

/** A contact with its place in its line. */
export interface Waiter extends CallRow {
  readonly place: number;
  readonly targetS: number;
}

const kept = new WeakMap<CallRow, Waiter>();

/** Those who stand in a line, each with his place. Who is as he was stays the same object, and is not drawn again. */
export function inLine(calls: readonly CallRow[], queues: ReadonlyMap<string, QueueRow>): readonly Waiter[] {
  const waiting = calls.filter((call) => call.order_at !== null);
  waiting.sort((one, other) => (one.order_at ?? 0) - (other.order_at ?? 0) || (one.contact < other.contact ? -1 : 1));
  const places = new Map<string, number>();
  return waiting.map((call) => {
    const queue = call.queue ?? '';
    const place = (places.get(queue) ?? 0) + 1;
    places.set(queue, place);
    const targetS = queues.get(queue)?.target_s ?? 0;
    const before = kept.get(call);
    if (before?.place === place && before.targetS === targetS) return before;
    const waiter = { ...call, place, targetS };
    kept.set(call, waiter);
    return waiter;
  });
}

export function Waiting({ rows, queue }: { readonly rows: readonly Waiter[]; readonly queue: string }) {
  const said = words.value.supervisor;
  return (
    <Table
      title={queue === '' ? said.contacts : `${said.contacts} · ${said.onlyQueue(queue)}`}
      rows={rows}
      keyOf={(row) => row.contact}
      columns={columnsOf(user.value?.rights.includes('contacts.move') ?? false)}
      drawnFrom={user.value}
      textOf={(row) => `${row.caller ?? ''} ${row.queue ?? ''} ${row.contact} ${row.agent ?? ''}`}
      onOpen={openStory}
      none={said.nobodyWaits}
    />
  );
}

function columnsOf(mayMove: boolean): readonly Column<Waiter>[] {
  const said = words.value.supervisor;
  return [
    { key: 'place', head: said.columns.place, isNumber: true, cell: (row) => row.place, by: (row) => row.place },
    { key: 'caller', head: said.columns.caller, cell: (row) => row.caller ?? '–', by: (row) => row.caller },
    { key: 'queue', head: said.columns.queue, cell: (row) => row.queue, by: (row) => row.queue },
    {
      key: 'waits',
      look: 'is-time',
      head: said.columns.waits,
      isNumber: true,
      cell: (row) => <Waits row={row} />,
      by: (row) => -row.since,
    },
    {
      key: 'state',
      head: said.columns.state,
      cell: (row) =>
        row.state === 'offered' && row.agent !== null
          ? said.rings(row.agent)
          : row.to_call && row.state === 'waiting'
            ? said.toCall
            : named(words.value.contactState, row.state),
      by: (row) => row.state,
    },
    {
      key: 'actions',
      head: said.columns.actions,
      cell: (row) => (
        <span class="actions">
          {mayMove && (
            <>
              <Act icon="up" text={said.of(said.prioritise, row.contact)} onDo={() => open('prioritise', row)} />
              <Act icon="move" text={said.of(said.move, row.contact)} onDo={() => open('move', row)} />
              <Act icon="close" text={said.of(said.withdraw, row.contact)} onDo={() => open('withdraw', row)} />
            </>
          )}
          <Act icon="story" text={said.story} onDo={() => openStory(row)} />
        </span>
      ),
    },
  ];
}

/** A minute is a step darker than a moment; what is beyond the target says so. */
function Waits({ row }: { readonly row: Waiter }) {
  const forS = useElapsedS(row.since);
  const level = row.to_call ? 'good' : ofWait(forS, row.targetS);
  if (level === 'good') return <Duration since={row.since} />;
  return (
    <Badge tone={level} shade={shadeOf(forS)}>
      <Duration since={row.since} />
    </Badge>
  );
}

function open(what: 'move' | 'prioritise' | 'withdraw', call: CallRow): void {
  asked.value = { what, call };
}

function openStory(call: CallRow): void {
  asked.value = { what: 'story', contact: call.contact };
}
