/** Which programs and screens may ask, as what, until when? Add, take away; the token itself is told once. */

import { useRef, useState } from 'preact/hooks';
import { ask, type Once } from '../../api/client';
import { AskDialog } from '../../parts/dialog';
import { usePolled } from '../../parts/polled';
import { type Column, Table } from '../../parts/table';
import { problemText, say } from '../../parts/toast';
import { named, words } from '../../words';
import { listed } from './faults';
import { Secret, scope, when } from './parts';

interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly queues: readonly string[];
  readonly teams: readonly string[];
  readonly created_at?: number;
  readonly ends_at?: number | null;
}

const ROLES = ['wall', 'api', 'supervisor', 'auditor', 'admin'] as const;

export function Tokens() {
  const said = words.value.admin;
  const { value, problem, again } = usePolled<{ readonly tokens: readonly TokenRow[] }>('/tokens', 15);
  const [isAdding, setAdding] = useState(false);
  const [gone, setGone] = useState<TokenRow | null>(null);
  const [secret, setSecret] = useState<{ readonly role: string; readonly word: string } | null>(null);
  const form = useRef<HTMLDivElement>(null);
  const add = async (once: Once) => {
    const word = (name: string) =>
      form.current?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value.trim() ?? '';
    const days = Number(word('days'));
    const scopeOf = { queues: listed(word('queues')), teams: listed(word('teams')) };
    const body = { name: word('name'), role: word('role'), ...scopeOf, ...(days > 0 ? { days } : {}) };
    const made = await ask<{ token: string }>('POST', '/tokens', { body, once });
    setSecret({ role: word('role'), word: made.token });
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
        title={said.parts.tokens}
        rows={value?.tokens ?? []}
        keyOf={(row) => String(row.id)}
        columns={columns(setGone)}
        textOf={(row) => `${row.name} ${row.role}`}
        none={value === null ? words.value.frame.loading : words.value.parts.none}
        tools={
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            {said.addToken}
          </button>
        }
      />
      {isAdding && (
        <AskDialog title={said.addToken} confirm={said.save} onConfirm={add} onClose={() => setAdding(false)}>
          <div ref={form} class="dialog-fields">
            <label>
              {said.columns.name}
              <input name="name" required maxLength={40} autocomplete="off" />
            </label>
            <label>
              {said.columns.role}
              <select name="role">
                {ROLES.map((role) => (
                  <option key={role} value={role}>
                    {said.roles[role]}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {said.queues}
              <input name="queues" autocomplete="off" />
            </label>
            <label>
              {said.teams}
              <input name="teams" autocomplete="off" />
            </label>
            <label>
              {said.days}
              <input name="days" type="number" min={1} max={3650} />
            </label>
          </div>
        </AskDialog>
      )}
      {gone && (
        <AskDialog
          title={`${said.actions.remove}: ${gone.name}`}
          confirm={said.actions.remove}
          isDanger
          onConfirm={async () => {
            await ask('DELETE', `/tokens/${gone.id}`);
            say(said.done);
            again();
          }}
          onClose={() => setGone(null)}
        >
          <p>{said.meanings.removeToken}</p>
        </AskDialog>
      )}
      {secret && (
        <Secret
          title={secret.role === 'wall' ? said.wallAddress : said.theToken}
          secret={secret.role === 'wall' ? `${window.location.origin}/wall#token=${secret.word}` : secret.word}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  );
}

function columns(onRemove: (row: TokenRow) => void): readonly Column<TokenRow>[] {
  const said = words.value.admin;
  return [
    { key: 'name', head: said.columns.name, cell: (row) => <strong>{row.name}</strong>, by: (row) => row.name },
    { key: 'role', head: said.columns.role, cell: (row) => named(said.roles, row.role), by: (row) => row.role },
    { key: 'scope', head: said.columns.scope, cell: (row) => scope(row.queues, row.teams) },
    { key: 'made', head: said.columns.made, cell: (row) => when(row.created_at), by: (row) => row.created_at },
    {
      key: 'until',
      head: said.columns.until,
      cell: (row) => (row.ends_at ? when(row.ends_at) : said.forEver),
      by: (row) => row.ends_at,
    },
    {
      key: 'do',
      head: '',
      cell: (row) => (
        <button type="button" onClick={() => onRemove(row)}>
          {said.actions.remove}
        </button>
      ),
    },
  ];
}
