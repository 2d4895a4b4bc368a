/** The reports' page: which report, of when, in which steps; as a table and a curve, and as CSV. All of it is in the address. */

import './reports.css';
import { useMemo, useState } from 'preact/hooks';
import { user } from '../../api/session';
import { useLive } from '../../live/now';
import { download } from '../../parts/download';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText } from '../../parts/toast';
import { asked as address, change } from '../../router';
import { named, words } from '../../words';
import { translated } from '../definitions';
import { Curve } from './curve';
import { cell, emptyOf, isLong, type ReportAnswer, type Row, sortable, spanOf } from './rows';

const REPORTS = ['queues', 'intervals', 'agents', 'campaigns', 'flows', 'numbers', 'abandonment'] as const;
/** These tell of the whole centre: who looks after a part of it is refused them. */
const OF_THE_WHOLE: readonly string[] = ['flows', 'numbers'];
const TIMES = ['today', 'yesterday', '-7d', '-30d'] as const;
const STEPS = ['all', '15m', '30m', 'hour', 'day', 'week', 'month'] as const;
const AGAIN_S = 60;

export default function Reports() {
  useLive(['status']);
  const said = words.value.reports;
  const word = (name: string) => address.value.get(name) ?? '';
  const isWhole = user.value?.queues.length === 0 && user.value.teams.length === 0;
  const offered = REPORTS.filter((name) => isWhole || !OF_THE_WHOLE.includes(name));
  const report = offered.find((name) => name === word('report')) ?? 'queues';
  const query = {
    from: word('from') || 'today',
    to: word('to') || (word('from') === 'yesterday' ? 'yesterday' : 'now'),
    ...(word('step') ? { step: word('step') } : {}),
    ...(word('queue') ? { queue: word('queue') } : {}),
  };
  const { value, problem } = usePolled<ReportAnswer>(`/reports/${report}?${new URLSearchParams(query)}`, AGAIN_S);
  const [hasAll, setAll] = useState(false);
  const empty = useMemo(() => (value ? emptyOf(value) : new Set<string>()), [value]);
  const rows: readonly Row[] = value?.rows.map((row, index) => ({ ...row, index })) ?? [];
  return (
    <main id="content" class="reports">
      <h1 class="only-spoken">{words.value.pages.reports}</h1>
      <form class="panel ask" onSubmit={(event) => event.preventDefault()}>
        <label>
          {said.report}
          <select value={report} onChange={(event) => change({ report: event.currentTarget.value })}>
            {offered.map((name) => (
              <option key={name} value={name}>
                {said.names[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {said.time}
          <select
            value={TIMES.find((name) => name === query.from) ?? 'days'}
            onChange={(event) =>
              change(
                event.currentTarget.value === 'days'
                  ? { from: day(), to: day() }
                  : { from: event.currentTarget.value, to: null },
              )
            }
          >
            {TIMES.map((name) => (
              <option key={name} value={name}>
                {said.times[name]}
              </option>
            ))}
            <option value="days">{said.days}</option>
          </select>
        </label>
        {/^\d/.test(query.from) && (
          <>
            <label>
              {said.from}
              <input type="date" value={query.from} onChange={(event) => change({ from: event.currentTarget.value })} />
            </label>
            <label>
              {said.to}
              <input type="date" value={query.to} onChange={(event) => change({ to: event.currentTarget.value })} />
            </label>
          </>
        )}
        <label>
          {said.step}
          <select value={value?.step ?? word('step')} onChange={(event) => change({ step: event.currentTarget.value })}>
            {STEPS.map((name) => (
              <option key={name} value={name}>
                {said.steps[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {said.queues}
          <input
            value={word('queue')}
            placeholder={said.allQueues}
            onChange={(event) => change({ queue: event.currentTarget.value.replaceAll(' ', '') })}
          />
        </label>
        <button type="button" onClick={() => download(`/reports/${report}`, { ...query, format: 'csv' })}>
          {said.csv}
        </button>
        <button type="button" onClick={() => window.print()}>
          {said.print}
        </button>
      </form>
      {value && (
        <p class="only-print">
          {said.names[report]} · {spanOf(value)} ({value.zone}) · {said.queues}: {word('queue') || said.allQueues}
        </p>
      )}
      {problem !== null && (
        <p class="alarm" role="alert">
          {problemText(problem)}
        </p>
      )}
      {value && <Curve report={value} chosen={word('figure')} />}
      <Table
        key={report}
        title={said.names[report]}
        rows={rows}
        keyOf={(row) => String(row.index)}
        columns={value ? columns(value).filter((column) => hasAll || !empty.has(column.key)) : []}
        drawnFrom={value}
        textOf={(row) => Object.values(row).join(' ')}
        tools={
          rows.length > 0 &&
          empty.size > 0 && (
            <button type="button" aria-pressed={hasAll} onClick={() => setAll(!hasAll)}>
              {said.empty(empty.size)}
            </button>
          )
        }
        classOf={(row) => (value && row[value.columns[0] ?? ''] === '' ? 'is-total' : '')}
        none={value !== null ? said.none : problem === null ? words.value.frame.loading : ''}
      />
    </main>
  );
}

function day(): string {
  return new Date().toLocaleDateString('sv');
}

function columns(report: ReportAnswer): readonly Column<Row>[] {
  const said = words.value.reports;
  const clocks = new Set(report.columns.filter((name) => isLong(report, name)));
  const weak = new Set(report.weak.map((each) => `${each.row} ${each.column}`));
  return report.columns.map((name, index) => ({
    key: name,
    head: named(said.columns, name),
    hint: translated(report.definitions[name]),
    look: lookOf(report, index),
    isNumber: !['name', 'time', 'state'].includes(report.units[name] ?? ''),
    cell: (row: Row) => {
      const text = cell(row[name], report.units[name] ?? '', report.zone, clocks.has(name));
      if (name === report.columns[0] && row[name] === '') return <strong>{said.total}</strong>;
      return weak.has(`${row.index} ${name}`) ? (
        <span title={said.weakHint}>
          <span class="quiet">{said.weak}</span> {text}
        </span>
      ) : (
        text
      );
    },
    by: (row: Row) => sortable(row[name]),
  }));
}

/** The columns that stay where they are while the others are scrolled: of when, and whose. */
function lookOf(report: ReportAnswer, index: number): string | undefined {
  const unit = (at: number) => report.units[report.columns[at] ?? ''];
  if (index === 0) return unit(0) === 'time' ? 'is-when' : 'is-whose';
  return index === 1 && unit(0) === 'time' && unit(1) === 'name' ? 'is-whose' : undefined;
}
