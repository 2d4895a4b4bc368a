/** How is a person added or changed? Name, role, part of the centre, agent and phone; the password is made by the engine. */

import { useRef } from 'preact/hooks';
import { ask } from '../../api/client';
import { AskDialog } from '../../parts/dialog';
import { words } from '../../words';
import { listed } from './parts';
import type { UserRow } from './users';

export const ROLES_OF_PEOPLE = ['agent', 'supervisor', 'admin', 'auditor'] as const;

interface PersonProps {
  /** Who is changed; without: somebody new. */
  readonly row?: UserRow;
  readonly onClose: () => void;
  /** `password`: of somebody new, told this once. */
  readonly onSaved: (name: string, password?: string) => void;
}

export function Person({ row, onClose, onSaved }: PersonProps) {
  const said = words.value.admin;
  const form = useRef<HTMLDivElement>(null);
  const save = async () => {
    const word = (name: string) =>
      form.current?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value.trim() ?? '';
    const body = {
      role: word('role'),
      queues: listed(word('queues')),
      teams: listed(word('teams')),
      agent: word('agent') || null,
      phone: word('phone') || null,
    };
    if (row) {
      await ask('PATCH', `/users/${encodeURIComponent(row.name)}`, { body });
      onSaved(row.name);
    } else {
      const name = word('name');
      const made = await ask<{ password: string }>('POST', '/users', { body: { name, ...body } });
      onSaved(name, made.password);
    }
  };
  return (
    <AskDialog
      title={row ? `${said.actions.change}: ${row.name}` : said.addUser}
      confirm={said.save}
      onConfirm={save}
      onClose={onClose}
    >
      <div ref={form} class="dialog-fields">
        {!row && (
          <label>
            {said.columns.name}
            <input name="name" required maxLength={64} autocomplete="off" autocapitalize="none" spellcheck={false} />
          </label>
        )}
        <label>
          {said.columns.role}
          <select name="role" defaultValue={row?.role ?? 'supervisor'}>
            {ROLES_OF_PEOPLE.map((role) => (
              <option key={role} value={role} selected={role === (row?.role ?? 'supervisor')}>
                {said.roles[role]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {said.queues}
          <input name="queues" defaultValue={row?.queues.join(', ') ?? ''} autocomplete="off" />
        </label>
        <label>
          {said.teams}
          <input name="teams" defaultValue={row?.teams.join(', ') ?? ''} autocomplete="off" />
        </label>
        <p class="quiet">{said.scopeHint}</p>
        <label>
          {said.columns.agent}
          <input name="agent" defaultValue={row?.agent ?? ''} autocomplete="off" />
        </label>
        <label>
          {said.columns.phone}
          <input name="phone" defaultValue={row?.phone ?? ''} placeholder="PJSIP/1009" autocomplete="off" />
        </label>
      </div>
    </AskDialog>
  );
}
