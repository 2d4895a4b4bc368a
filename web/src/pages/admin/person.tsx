/** How is a person added or changed? Name, role, part of the centre, agent and phone; the password is made by the engine.
 * What is wrong is said at its field: when the field is left, or when the engine says so. */

import { useRef, useState } from 'preact/hooks';
import { ask } from '../../api/client';
import { Problem } from '../../api/problem';
import { AskDialog } from '../../parts/dialog';
import { usePolled } from '../../parts/polled';
import { language, named, words } from '../../words';
import { type Field, faultOf, type Known, listed } from './faults';
import type { UserRow } from './users';

export const ROLES_OF_PEOPLE = ['agent', 'supervisor', 'admin', 'auditor'] as const;
const MOST_OFFERED = 500;
const FIELDS: readonly Field[] = ['name', 'role', 'queues', 'teams', 'agent', 'phone'];

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
  const known = useKnown();
  const [faults, setFaults] = useState<Readonly<Partial<Record<Field, string>>>>({});
  const input = (field: Field) => form.current?.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${field}]`);
  const word = (field: Field) => input(field)?.value.trim() ?? '';
  const look = (field: Field): string => {
    const found = faultOf(field, word(field), word('role'), known);
    if (found === null) return '';
    const text = named(words.value.problems, found.reason);
    return found.word === '' ? text : `${found.word}: ${text}`;
  };
  const tell = (field: Field, text: string) => setFaults((before) => ({ ...before, [field]: text }));
  const at = (field: Field) => ({
    name: field,
    'aria-invalid': faults[field] ? true : undefined,
    'aria-describedby': `fault-${field}`,
    // What is right again is so at once: a line that goes when the field is left would take the button from under a click.
    onInput: () => faults[field] && tell(field, look(field)),
    onChange: () => {
      tell(field, look(field));
      if (field === 'role' && faults.agent) tell('agent', look('agent'));
    },
  });
  const save = async () => {
    const found = Object.fromEntries(FIELDS.map((field) => [field, look(field)]));
    setFaults(found);
    const first = FIELDS.find((field) => found[field]);
    if (first !== undefined) {
      input(first)?.focus();
      return false;
    }
    const body = {
      role: word('role'),
      queues: listed(word('queues')),
      teams: listed(word('teams')),
      agent: word('agent') || null,
      phone: word('phone') || null,
    };
    try {
      if (row) {
        await ask('PATCH', `/users/${encodeURIComponent(row.name)}`, { body });
        onSaved(row.name);
      } else {
        const name = word('name');
        const made = await ask<{ password: string }>('POST', '/users', { body: { name, ...body } });
        onSaved(name, made.password);
      }
    } catch (error) {
      const wrong = error instanceof Problem ? FIELDS.find((field) => field === error.said.field) : undefined;
      if (wrong === undefined || !input(wrong)) throw error;
      tell(wrong, saidOf(error as Problem));
      input(wrong)?.focus();
      return false;
    }
    return true;
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
          <>
            <label>
              {said.columns.name}
              <input
                {...at('name')}
                required
                maxLength={64}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
              />
            </label>
            <Fault of="name" text={faults.name} />
          </>
        )}
        <label>
          {said.columns.role}
          <select {...at('role')} defaultValue={row?.role ?? 'supervisor'}>
            {ROLES_OF_PEOPLE.map((role) => (
              <option key={role} value={role} selected={role === (row?.role ?? 'supervisor')}>
                {said.roles[role]}
              </option>
            ))}
          </select>
        </label>
        <Fault of="role" text={faults.role} />
        <label>
          {said.queues}
          <input {...at('queues')} defaultValue={row?.queues.join(', ') ?? ''} autocomplete="off" />
        </label>
        <Fault of="queues" text={faults.queues} />
        <label>
          {said.teams}
          <input {...at('teams')} defaultValue={row?.teams.join(', ') ?? ''} autocomplete="off" />
        </label>
        <Fault of="teams" text={faults.teams} />
        <p class="quiet">{said.scopeHint}</p>
        <label>
          {said.columns.agent}
          <input {...at('agent')} defaultValue={row?.agent ?? ''} list="agents-there-are" autocomplete="off" />
        </label>
        <Fault of="agent" text={faults.agent} />
        <datalist id="agents-there-are">
          {known?.agents.slice(0, MOST_OFFERED).map((agent) => (
            <option key={agent} value={agent} />
          ))}
        </datalist>
        <label>
          {said.columns.phone}
          <input {...at('phone')} defaultValue={row?.phone ?? ''} placeholder="PJSIP/1009" autocomplete="off" />
        </label>
        <Fault of="phone" text={faults.phone} />
      </div>
    </AskDialog>
  );
}

function Fault({ of, text }: { readonly of: Field; readonly text: string | undefined }) {
  return (
    <p class="problem" id={`fault-${of}`} role="alert">
      {text ?? ''}
    </p>
  );
}

interface Named {
  readonly name: string;
}

interface Agent {
  readonly id: string;
  readonly groups: readonly string[];
}

/** What the configuration has, asked once for each dialog; null until it is told. */
function useKnown(): Known | null {
  const agents = usePolled<{ readonly agents: readonly Agent[] }>('/agents', 0).value?.agents;
  const queues = usePolled<{ readonly queues: readonly Named[] }>('/queues', 0).value?.queues;
  if (agents === undefined || queues === undefined) return null;
  return {
    queues: queues.map((queue) => queue.name),
    agents: agents.map((agent) => agent.id),
    teams: agents.flatMap((agent) => agent.groups),
  };
}

/** The engine's own words where they can be read, and not ours beside them. */
function saidOf(problem: Problem): string {
  return language.value === 'en' ? problem.message : named(words.value.problems, problem.reason);
}
