/** How does each Asterisk stand, and what may it be given? Take one out of use, use it again, weigh it. */

import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { may } from '../../api/session';
import { Badge } from '../../parts/badge';
import { AskDialog } from '../../parts/dialog';
import { Duration } from '../../parts/duration';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText, say } from '../../parts/toast';
import { words } from '../../words';

interface NodeRow {
  readonly name: string;
  readonly state: string;
  readonly since: number | null;
  readonly calls: number;
  readonly weight: number;
  /** draining, or empty; '' where it is in use. */
  readonly drain: string;
  readonly reason: string;
}

type Word = 'drain' | 'resume' | 'weight';

interface Asked {
  readonly word: Word;
  readonly row: NodeRow;
}

const EVERY_S = 2;
const MOST_WEIGHT = 1000;

export function Nodes() {
  const said = words.value.admin;
  const { value, problem, again } = usePolled<{ readonly nodes: readonly NodeRow[] }>('/nodes', EVERY_S);
  const [asked, setAsked] = useState<Asked | null>(null);
  const rows = value?.nodes ?? [];
  return (
    <>
      {problem !== null && (
        <p class="alarm" role="alert">
          {problemText(problem)}
        </p>
      )}
      <Table
        title={said.parts.nodes}
        rows={rows}
        keyOf={(row) => row.name}
        columns={columns(setAsked)}
        none={value === null ? words.value.frame.loading : words.value.parts.none}
      />
      {asked && (
        <Question
          asked={asked}
          isLast={rows.every((row) => row.name === asked.row.name || !takesCalls(row))}
          onDone={again}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function takesCalls(row: NodeRow): boolean {
  return row.state === 'up' && row.drain === '';
}

interface QuestionProps {
  readonly asked: Asked;
  /** No other one takes anything. */
  readonly isLast: boolean;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Question({ asked: { word, row }, isLast, onDone, onClose }: QuestionProps) {
  const said = words.value.admin.node;
  const [reason, setReason] = useState('');
  const [weight, setWeight] = useState(String(row.weight));
  const act = async () => {
    const body = { drain: { reason }, resume: {}, weight: { weight: Number(weight) } }[word];
    await ask('POST', `/nodes/${encodeURIComponent(row.name)}/${word}`, { body });
    say(words.value.admin.done);
    onDone();
  };
  return (
    <AskDialog
      title={`${said.actions[word]}: ${row.name}`}
      confirm={said.actions[word]}
      isDanger={word === 'drain' && isLast}
      onConfirm={act}
      onClose={onClose}
    >
      <p>{said.means[word]}</p>
      {word === 'drain' && isLast && <p class="problem">{said.isLast}</p>}
      {word === 'drain' && (
        <label>
          {said.reason}
          <input value={reason} maxLength={80} autofocus onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
      )}
      {word === 'weight' && (
        <label>
          {said.columns.weight}
          <input
            type="number"
            required
            autofocus
            min={0}
            max={MOST_WEIGHT}
            value={weight}
            onInput={(event) => setWeight(event.currentTarget.value)}
          />
        </label>
      )}
    </AskDialog>
  );
}

function columns(onAsk: (asked: Asked) => void): readonly Column<NodeRow>[] {
  const said = words.value.admin.node;
  const act = (word: Word, row: NodeRow) => (
    <button type="button" onClick={() => onAsk({ word, row })}>
      {said.actions[word]}
    </button>
  );
  const all: readonly Column<NodeRow>[] = [
    { key: 'name', head: said.columns.name, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    {
      key: 'state',
      head: said.columns.state,
      cell: (row) =>
        row.state === 'up' ? <Badge tone="good">{said.up}</Badge> : <Badge tone="bad">{said.down}</Badge>,
      by: (row) => row.state,
    },
    {
      key: 'since',
      head: said.columns.since,
      isNumber: true,
      cell: (row) => <Duration since={row.since} />,
      by: (row) => (row.since === null ? null : -row.since),
    },
    {
      key: 'calls',
      head: said.columns.calls,
      hint: said.hints.calls,
      isNumber: true,
      cell: (row) => row.calls,
      by: (row) => row.calls,
    },
    {
      key: 'weight',
      head: said.columns.weight,
      hint: said.means.weight,
      isNumber: true,
      cell: (row) => row.weight,
      by: (row) => row.weight,
    },
    {
      key: 'use',
      head: said.columns.use,
      hint: said.hints.use,
      cell: (row) => <Use row={row} />,
      by: (row) => row.drain,
    },
  ];
  if (!may('policy.change')) return all;
  const buttons = (row: NodeRow) => (
    <span class="row-actions">
      {act(row.drain === '' ? 'drain' : 'resume', row)}
      {act('weight', row)}
    </span>
  );
  return [...all, { key: 'do', head: '', cell: buttons }];
}

/** An empty one can be stopped. */
function Use({ row }: { readonly row: NodeRow }) {
  const said = words.value.admin.node;
  if (row.drain === '') return <>{said.inUse}</>;
  return (
    <>
      <Badge tone={row.drain === 'empty' ? 'calm' : 'watch'}>
        {row.drain === 'empty' ? said.empty : said.draining}
      </Badge>{' '}
      <span class="quiet">{row.reason}</span>
    </>
  );
}
