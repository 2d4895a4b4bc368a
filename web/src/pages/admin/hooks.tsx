/** Which of our systems are told what happens, and do they take it? Test one; send again what was given up. */

import { ask } from '../../api/client';
import { Badge } from '../../parts/badge';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText, say, sayProblem } from '../../parts/toast';
import { words } from '../../words';
import { when } from './parts';

interface HookRow {
  readonly hook: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
  readonly oldest_at: number | null;
  readonly resting: boolean;
  readonly answer: string;
}

export function Hooks() {
  const said = words.value.admin;
  const { value, problem, again } = usePolled<{ readonly hooks: readonly HookRow[] }>('/hooks', 5);
  const test = async (row: HookRow) => {
    const found = await ask<{ ok: boolean; answer: string }>('POST', `/hooks/${row.hook}/test`, { body: {} });
    say(found.ok ? said.taken(row.hook) : said.notTaken(row.hook, found.answer));
    again();
  };
  const retry = async (row: HookRow) => {
    await ask('POST', `/hooks/${row.hook}/retry`, { body: {} });
    say(said.done);
    again();
  };
  return (
    <>
      {problem !== null && (
        <p class="alarm" role="alert">
          {problemText(problem)}
        </p>
      )}
      <Table
        title={said.parts.hooks}
        rows={value?.hooks ?? []}
        keyOf={(row) => row.hook}
        columns={columns(test, retry)}
        none={value === null ? words.value.frame.loading : said.noHooks}
      />
    </>
  );
}

type Work = (row: HookRow) => Promise<void>;

function columns(test: Work, retry: Work): readonly Column<HookRow>[] {
  const said = words.value.admin;
  return [
    { key: 'hook', head: said.columns.name, cell: (row) => <strong>{row.hook}</strong>, by: (row) => row.hook },
    {
      key: 'state',
      head: said.columns.state,
      cell: (row) =>
        row.resting ? (
          <Badge tone="bad">{said.down(row.answer)}</Badge>
        ) : row.answer !== '' && !row.answer.startsWith('2') ? (
          <Badge tone="watch">{said.trying(row.answer)}</Badge>
        ) : (
          <Badge tone="good">{said.open}</Badge>
        ),
      by: (row) => (row.resting ? 1 : 0),
    },
    { key: 'url', head: said.columns.url, cell: (row) => row.url, by: (row) => row.url },
    {
      key: 'waiting',
      head: said.columns.waiting,
      isNumber: true,
      cell: (row) => row.waiting,
      by: (row) => row.waiting,
    },
    { key: 'since', head: said.columns.oldest, cell: (row) => when(row.oldest_at), by: (row) => row.oldest_at },
    { key: 'sent', head: said.columns.sent, isNumber: true, cell: (row) => row.sent, by: (row) => row.sent },
    { key: 'failed', head: said.columns.failed, isNumber: true, cell: (row) => row.failed, by: (row) => row.failed },
    {
      key: 'do',
      head: '',
      cell: (row) => (
        <span class="row-actions">
          <button type="button" onClick={() => test(row).catch(sayProblem)}>
            {said.actions.test}
          </button>
          <button type="button" onClick={() => retry(row).catch(sayProblem)}>
            {said.actions.retry}
          </button>
        </span>
      ),
    },
  ];
}
