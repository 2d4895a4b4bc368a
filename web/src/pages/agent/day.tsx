/** How is my day, and how are my queues? */

import { ofServiceLevel, ofWait } from '../../live/levels';
import { rowsOf } from '../../live/now';
import { type AgentRow, callersOf, type QueueRow, typed } from '../../live/rows';
import { clockFace } from '../../live/server_clock';
import { Badge } from '../../parts/badge';
import { Duration, useElapsedS } from '../../parts/duration';
import { percent } from '../../parts/figures';
import { useSettled } from '../../parts/settled';
import { type Column, Table } from '../../parts/table';
import { words } from '../../words';

export function MyDay({ row }: { readonly row: AgentRow }) {
  const { day, dayOf } = words.value.agent;
  const today = row.today;
  const figures: readonly (readonly [string, string])[] = [
    [dayOf.handled, String(today?.handled ?? '–')],
    [dayOf.missed, String(today?.missed ?? '–')],
    [dayOf.talk, clockFace(today?.talk_s)],
    [dayOf.wrapup, clockFace(today?.wrapup_s)],
    [dayOf.breaks, clockFace(today?.break_s)],
    [dayOf.here, clockFace(today?.staffed_s)],
    [dayOf.occupancy, percent(today?.occupancy)],
    [dayOf.aht, clockFace(today?.aht_s)],
  ];
  return (
    <section class="panel my-day" aria-label={day}>
      <header class="panel-head">
        <h2>{day}</h2>
      </header>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function MyQueues({ row }: { readonly row: AgentRow }) {
  const rows = typed<QueueRow>(rowsOf('queues')).filter((queue) => row.queues.includes(queue.name));
  return <Table title={words.value.agent.queues} rows={rows} keyOf={(queue) => queue.name} columns={columns()} />;
}

function columns(): readonly Column<QueueRow>[] {
  const { columns: heads } = words.value.supervisor;
  return [
    { key: 'queue', head: heads.queue, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    { key: 'waiting', head: heads.waiting, isNumber: true, cell: callersOf, by: callersOf },
    {
      key: 'longest',
      head: heads.longest,
      isNumber: true,
      cell: (row) => <Longest row={row} />,
      by: (row) => (row.oldest_since === null ? null : -row.oldest_since),
    },
    {
      key: 'level',
      head: heads.level,
      isNumber: true,
      cell: (row) => <Level row={row} />,
      by: (row) => row.today?.service_level,
    },
  ];
}

function Longest({ row }: { readonly row: QueueRow }) {
  const level = ofWait(useElapsedS(row.oldest_since), row.target_s); // not held: whoever waited so long has been served
  const time = <Duration since={row.oldest_since} />;
  return level === 'good' || row.oldest_since === null ? time : <Badge tone={level}>{time}</Badge>;
}

function Level({ row }: { readonly row: QueueRow }) {
  const level = useSettled(ofServiceLevel(row.today?.service_level, row.service_level_percent));
  const text = percent(row.today?.service_level);
  return level === 'good' || level === 'unknown' ? <span>{text}</span> : <Badge tone={level}>{text}</Badge>;
}
