/** Who may sign in, as what, for which part of the centre? Add, change, lock, a new password. */

import { useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { user } from '../../api/session';
import { Badge } from '../../parts/badge';
import { AskDialog } from '../../parts/dialog';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText, say } from '../../parts/toast';
import { named, words } from '../../words';
import { Secret, scope, when } from './parts';
import { Person } from './person';

export interface UserRow {
  readonly name: string;
  readonly role: string;
  readonly queues: readonly string[];
  readonly teams: readonly string[];
  readonly agent: string | null;
  readonly phone: string | null;
  readonly locked?: boolean;
  readonly totp?: boolean;
  readonly created_at?: number;
}

type Act = 'password' | 'lock' | 'unlock' | 'remove';
type Asked =
  | { readonly what: 'add' }
  | { readonly what: 'change'; readonly row: UserRow }
  | { readonly what: Act; readonly row: UserRow };

export function Users() {
  const said = words.value.admin;
  const { value, problem, again } = usePolled<{ readonly users: readonly UserRow[] }>('/users', 15);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<{ readonly name: string; readonly word: string } | null>(null);
  const close = () => setAsked(null);
  const act = async (row: UserRow, what: Act) => {
    const path = `/users/${encodeURIComponent(row.name)}`;
    if (what === 'remove') await ask('DELETE', path);
    else {
      const found = await ask<{ password?: string }>('POST', `${path}/${what}`, { body: {} });
      if (found.password) setSecret({ name: row.name, word: found.password });
    }
    if (what !== 'password') say(said.done);
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
        title={said.parts.users}
        rows={value?.users ?? []}
        keyOf={(row) => row.name}
        columns={columns(setAsked)}
        textOf={(row) => `${row.name} ${row.role} ${row.agent ?? ''} ${row.queues.join(' ')} ${row.teams.join(' ')}`}
        none={value === null ? words.value.frame.loading : words.value.parts.none}
        tools={
          <button type="button" class="primary" onClick={() => setAsked({ what: 'add' })}>
            {said.addUser}
          </button>
        }
      />
      {asked?.what === 'add' && (
        <Person
          onClose={close}
          onSaved={(name, word) => {
            if (word) setSecret({ name, word });
            again();
          }}
        />
      )}
      {asked?.what === 'change' && <Person row={asked.row} onClose={close} onSaved={again} />}
      {asked && asked.what !== 'add' && asked.what !== 'change' && (
        <AskDialog
          title={`${said.actions[asked.what]}: ${asked.row.name}`}
          confirm={said.actions[asked.what]}
          isDanger={asked.what === 'remove' || asked.what === 'lock'}
          onConfirm={() => act(asked.row, asked.what)}
          onClose={close}
        >
          <p>{said.meanings[asked.what]}</p>
        </AskDialog>
      )}
      {secret && <Secret title={said.passwordOf(secret.name)} secret={secret.word} onClose={() => setSecret(null)} />}
    </>
  );
}

function columns(onAsk: (asked: Asked) => void): readonly Column<UserRow>[] {
  const said = words.value.admin;
  return [
    { key: 'name', head: said.columns.name, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    { key: 'role', head: said.columns.role, cell: (row) => named(said.roles, row.role), by: (row) => row.role },
    { key: 'scope', head: said.columns.scope, cell: (row) => scope(row.queues, row.teams, row.role) },
    { key: 'agent', head: said.columns.agent, cell: (row) => row.agent ?? '–', by: (row) => row.agent },
    { key: 'phone', head: said.columns.phone, cell: (row) => row.phone ?? '–', by: (row) => row.phone },
    {
      key: 'state',
      head: said.columns.state,
      cell: (row) => (
        <>
          {row.locked ? <Badge tone="bad">{said.locked}</Badge> : <Badge tone="good">{said.open}</Badge>}{' '}
          {row.totp && <Badge tone="busy">{said.totp}</Badge>}
        </>
      ),
      by: (row) => (row.locked ? 1 : 0),
    },
    { key: 'made', head: said.columns.made, cell: (row) => when(row.created_at), by: (row) => row.created_at },
    {
      key: 'do',
      head: '',
      cell: (row) => (
        <span class="row-actions">
          <button type="button" onClick={() => onAsk({ what: 'change', row })}>
            {said.actions.change}
          </button>
          {row.name !== user.value?.name && (
            <>
              <button type="button" onClick={() => onAsk({ what: 'password', row })}>
                {said.actions.password}
              </button>
              <button type="button" onClick={() => onAsk({ what: row.locked ? 'unlock' : 'lock', row })}>
                {row.locked ? said.actions.unlock : said.actions.lock}
              </button>
              <button type="button" onClick={() => onAsk({ what: 'remove', row })}>
                {said.actions.remove}
              </button>
            </>
          )}
        </span>
      ),
    },
  ];
}
