/** How does each queue stand? One row each, against its target; a chosen one narrows the other tables. */

import { ofAbandoned, ofServiceLevel, ofWait, ofWaiting } from '../../live/levels';
import { type Counts, callersOf, type QueueRow } from '../../live/rows';
import { Badge } from '../../parts/badge';
import { Duration, useElapsedS } from '../../parts/duration';
import { count, percent, seconds } from '../../parts/figures';
import { useSettled } from '../../parts/settled';
import { type Column, Table } from '../../parts/table';
import { words } from '../../words';
import { definitionOf } from '../definitions';

export type WindowName = 'last_15m' | 'last_60m' | 'today';
export const WINDOWS: readonly WindowName[] = ['last_15m', 'last_60m', 'today'];

interface QueuesProps {
  readonly rows: readonly QueueRow[];
  readonly chosen: string;
  readonly window: WindowName;
  readonly onWindow: (window: WindowName) => void;
  readonly onChoose: (queue: string) => void;
}

export function Queues({ rows, chosen, window, onWindow, onChoose }: QueuesProps) {
  const said = words.value.supervisor;
  return (
    <Table
      title={said.queues}
      rows={rows}
      keyOf={(row) => row.name}
      columns={columnsOf(window)}
      drawnFrom={window}
      order={{ column: 'queue', isDown: false }}
      classOf={(row) => (row.name === chosen ? 'is-chosen' : '')}
      onOpen={(row) => onChoose(row.name === chosen ? '' : row.name)}
      textOf={(row) => row.name}
      tools={
        <select
          aria-label={said.window}
          value={window}
          onChange={(event) => onWindow(event.currentTarget.value as WindowName)}
        >
          {WINDOWS.map((name) => (
            <option key={name} value={name}>
              {said.windows[name]}
            </option>
          ))}
        </select>
      }
    />
  );
}

function columnsOf(window: WindowName): readonly Column<QueueRow>[] {
  const { columns, hints } = words.value.supervisor;
  const of = (row: QueueRow): Counts | undefined => row[window];
  return [
    { key: 'queue', head: columns.queue, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    {
      key: 'waiting',
      look: 'is-two-digits',
      head: columns.waiting,
      hint: hints.waiting,
      isNumber: true,
      cell: (row) => <Waiting row={row} />,
      by: callersOf,
    },
    {
      key: 'longest',
      look: 'is-time',
      head: columns.longest,
      hint: hints.longest,
      isNumber: true,
      cell: (row) => <Longest row={row} />,
      by: (row) => (row.oldest_since === null ? null : -row.oldest_since),
    },
    {
      key: 'free',
      head: columns.free,
      hint: hints.free,
      isNumber: true,
      cell: (row) => (
        <>
          {row.agents_free}
          <span class="quiet"> / {row.agents_available}</span>
        </>
      ),
      by: (row) => row.agents_free,
    },
    {
      key: 'level',
      look: 'is-share',
      head: columns.level,
      hint: definitionOf('service_level'),
      isNumber: true,
      cell: (row) => <ServiceLevel level={of(row)?.service_level} row={row} />,
      by: (row) => of(row)?.service_level,
    },
    {
      key: 'answered',
      head: columns.answered,
      hint: definitionOf('answered'),
      isNumber: true,
      cell: (row) => count(of(row)?.answered),
      by: (row) => of(row)?.answered,
    },
    {
      key: 'abandoned',
      look: 'is-both',
      head: columns.abandoned,
      hint: definitionOf('abandon_rate'),
      isNumber: true,
      cell: (row) => <Abandoned counts={of(row)} />,
      by: (row) => of(row)?.abandon_rate,
    },
    {
      key: 'asa',
      head: columns.asa,
      hint: definitionOf('asa_s'),
      isNumber: true,
      cell: (row) => seconds(of(row)?.asa_s),
      by: (row) => of(row)?.asa_s,
    },
  ];
}

function Waiting({ row }: { readonly row: QueueRow }) {
  const callers = callersOf(row);
  const level = useSettled(ofWaiting(callers, row.ringing, row.agents_free));
  return (
    <>
      {row.to_call > 0 && (
        <span class="quiet" title={words.value.supervisor.hints.toCall}>
          +{row.to_call}{' '}
        </span>
      )}
      {level === 'good' || callers === 0 ? callers : <Badge tone={level}>{callers}</Badge>}
    </>
  );
}

function Longest({ row }: { readonly row: QueueRow }) {
  const level = ofWait(useElapsedS(row.oldest_since), row.target_s); // not held: whoever waited so long has been served
  const time = <Duration since={row.oldest_since} />;
  return level === 'good' || row.oldest_since === null ? time : <Badge tone={level}>{time}</Badge>;
}

function ServiceLevel({ level, row }: { readonly level: number | null | undefined; readonly row: QueueRow }) {
  const shown = useSettled(ofServiceLevel(level, row.service_level_percent));
  const title = `≥ ${row.service_level_percent} %, ≤ ${row.target_s} s`;
  if (shown === 'good' || shown === 'unknown') return <span title={title}>{percent(level)}</span>;
  return (
    <Badge tone={shown} title={title}>
      {percent(level)}
    </Badge>
  );
}

function Abandoned({ counts }: { readonly counts: Counts | undefined }) {
  const level = useSettled(ofAbandoned(counts?.abandon_rate));
  const rate = counts?.abandon_rate == null ? null : <span class="part"> ({percent(counts.abandon_rate)})</span>;
  const text = (
    <>
      {count(counts?.abandoned)}
      {rate}
    </>
  );
  return level === 'good' || level === 'unknown' ? text : <Badge tone={level}>{text}</Badge>;
}
