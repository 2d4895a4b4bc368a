/** What have I promised, and what am I to look into? */

import { useState } from 'preact/hooks';
import { ask, type Once } from '../../api/client';
import { serverNow } from '../../live/now';
import { Badge } from '../../parts/badge';
import { AskDialog } from '../../parts/dialog';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { say, sayProblem } from '../../parts/toast';
import { words } from '../../words';
import type { CallbackRow, FollowUpRow, Work } from './desk';

const EVERY_S = 30;
const NONE: Work = { callbacks: [], follow_ups: [] };

export function MyWork({ agent, turn }: { readonly agent: string; readonly turn: string }) {
  const said = words.value.agent;
  const base = `/agents/${encodeURIComponent(agent)}`;
  const { value, again } = usePolled<Work>(`${base}/work`, EVERY_S, { also: turn });
  const [asked, setAsked] = useState<FollowUpRow | null>(null);
  const { callbacks, follow_ups: followUps } = value ?? NONE;
  const none = value === null ? words.value.frame.loading : null;
  const callNow = (row: CallbackRow) =>
    ask('POST', `${base}/callbacks/${row.id}/now`, { body: {} })
      .then(() => {
        say(said.calledNow);
        again();
      })
      .catch(sayProblem);
  return (
    <>
      <Table
        title={said.callbacks}
        rows={callbacks}
        keyOf={(row) => String(row.id)}
        columns={callbackColumns(callNow)}
        none={none ?? said.noCallbacks}
      />
      <Table
        title={said.followUps}
        rows={followUps}
        keyOf={(row) => String(row.id)}
        columns={followUpColumns(setAsked)}
        none={none ?? said.noFollowUps}
      />
      {asked && (
        <Close
          row={asked}
          onClose={() => setAsked(null)}
          onDone={async (outcome, once) => {
            await ask('POST', `${base}/follow-ups/${asked.id}/done`, { body: { outcome }, once });
            say(said.closed);
            again();
          }}
        />
      )}
    </>
  );
}

interface CloseProps {
  readonly row: FollowUpRow;
  readonly onClose: () => void;
  readonly onDone: (outcome: string, once: Once) => Promise<void>;
}

function Close({ row, onClose, onDone }: CloseProps) {
  const said = words.value.agent;
  const [outcome, setOutcome] = useState('');
  return (
    <AskDialog
      title={`${said.done}: ${row.number || row.answer}`}
      confirm={said.done}
      onConfirm={(once) => onDone(outcome, once)}
      onClose={onClose}
    >
      <label>
        {said.outcome}
        <input value={outcome} maxLength={200} onInput={(event) => setOutcome(event.currentTarget.value)} />
      </label>
    </AskDialog>
  );
}

function callbackColumns(onNow: (row: CallbackRow) => void): readonly Column<CallbackRow>[] {
  const said = words.value.agent;
  const { columns } = said;
  return [
    { key: 'when', head: columns.when, cell: (row) => <Due at={row.due_at} />, by: (row) => row.due_at },
    {
      key: 'number',
      head: columns.number,
      cell: (row) => (
        <span class="number">
          {row.number} {row.tries.length > 0 && <span class="quiet">{said.tries(row.tries.length)}</span>}
        </span>
      ),
    },
    { key: 'topic', head: columns.topic, cell: (row) => row.topic || '–', by: (row) => row.topic },
    { key: 'queue', head: columns.queue, cell: (row) => row.queue, by: (row) => row.queue },
    {
      key: 'actions',
      head: columns.actions,
      cell: (row) => (
        <button type="button" onClick={() => onNow(row)}>
          {said.callNow}
        </button>
      ),
    },
  ];
}

function followUpColumns(onDone: (row: FollowUpRow) => void): readonly Column<FollowUpRow>[] {
  const said = words.value.agent;
  const { columns } = said;
  return [
    { key: 'when', head: columns.when, cell: (row) => <Due at={row.due_at} />, by: (row) => row.due_at },
    { key: 'number', head: columns.number, cell: (row) => <span class="number">{row.number || '–'}</span> },
    { key: 'answer', head: columns.answer, cell: (row) => row.answer || '–', by: (row) => row.answer },
    { key: 'queue', head: columns.queue, cell: (row) => row.queue, by: (row) => row.queue },
    {
      key: 'actions',
      head: columns.actions,
      cell: (row) => (
        <button type="button" onClick={() => onDone(row)}>
          {said.done}
        </button>
      ),
    },
  ];
}

/** A time of today is a time; what is late says so. */
function Due({ at }: { readonly at: number }) {
  const now = serverNow.value ?? at;
  const when = new Date(at * 1000);
  const isToday = when.toDateString() === new Date(now * 1000).toDateString();
  const text = isToday
    ? when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : when.toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
  return now > at ? <Badge tone="watch">{text}</Badge> : <time>{text}</time>;
}
