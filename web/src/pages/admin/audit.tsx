/** Who asked the engine to change something, and what came of it? The newest first. */

import { useState } from 'preact/hooks';
import { Badge } from '../../parts/badge';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText } from '../../parts/toast';
import { named, words } from '../../words';
import { when } from './parts';

interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly user: string;
  readonly by: string;
  readonly what: string;
  readonly on: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly result: string;
  readonly reason: string;
}

const STEPS = [100, 300, 1000] as const;

export function Audit() {
  const said = words.value.admin;
  const [limit, setLimit] = useState<number>(STEPS[0]);
  const { value, problem } = usePolled<{ readonly audit: readonly AuditRow[] }>(`/audit?limit=${limit}`, 10);
  return (
    <>
      {problem !== null && (
        <p class="alarm" role="alert">
          {problemText(problem)}
        </p>
      )}
      <Table
        title={said.parts.audit}
        rows={value?.audit ?? []}
        keyOf={(row) => String(row.id)}
        columns={columns()}
        textOf={(row) =>
          `${row.by} ${row.user} ${row.what} ${named(said.asked, row.what)} ${row.on} ${row.result} ${row.reason}`
        }
        none={value === null ? words.value.frame.loading : words.value.parts.none}
        tools={
          <select
            aria-label={said.newest}
            value={limit}
            onChange={(event) => setLimit(Number(event.currentTarget.value))}
          >
            {STEPS.map((rows) => (
              <option key={rows} value={rows}>
                {said.newestRows(rows)}
              </option>
            ))}
          </select>
        }
      />
    </>
  );
}

function columns(): readonly Column<AuditRow>[] {
  const said = words.value.admin;
  return [
    { key: 'at', head: said.columns.at, cell: (row) => <time>{when(row.at)}</time>, by: (row) => row.at },
    { key: 'by', head: said.columns.by, cell: (row) => row.by, by: (row) => row.by },
    { key: 'user', head: said.columns.user, cell: (row) => row.user || '–', by: (row) => row.user },
    {
      key: 'what',
      head: said.columns.what,
      cell: (row) => <span title={row.what}>{named(said.asked, row.what)}</span>,
      by: (row) => row.what,
    },
    { key: 'on', head: said.columns.on, cell: (row) => row.on || '–', by: (row) => row.on },
    {
      key: 'result',
      head: said.columns.result,
      cell: (row) => (
        <Badge
          tone={row.result === 'done' ? 'good' : row.result === 'refused' ? 'watch' : 'bad'}
          title={row.reason && named(words.value.problems, row.reason)}
        >
          {named(said.results, row.result)}
          {row.reason && ` (${row.reason})`}
        </Badge>
      ),
      by: (row) => row.result,
    },
    { key: 'detail', head: said.columns.detail, cell: (row) => <code class="cut-code">{detail(row.detail)}</code> },
  ];
}

function detail(said: Readonly<Record<string, unknown>>): string {
  return Object.entries(said)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
