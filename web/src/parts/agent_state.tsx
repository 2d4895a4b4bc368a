/** In which one state is an agent, as people say it, and how does it look? Status and activity as one word. */

import { shadeOf } from '../live/levels';
import type { AgentRow } from '../live/rows';
import { named, words } from '../words';
import { Badge, type Tone } from './badge';
import { useElapsedS } from './duration';
import type { IconName } from './icon';

/** Work first, then who is free, then breaks, then those who are not here: as one looks for them. */
export const STATES = [
  'talking',
  'hold',
  'ringing',
  'dialling',
  'preview',
  'wrapup',
  'engaged',
  'idle',
  'on_break',
  'logged_out',
];

const LOOKS: Readonly<Record<string, readonly [Tone, IconName]>> = {
  talking: ['busy', 'phone'],
  hold: ['busy', 'pause'],
  ringing: ['watch', 'phone'],
  dialling: ['watch', 'phone'],
  preview: ['busy', 'search'],
  wrapup: ['busy', 'story'],
  engaged: ['busy', 'phone'],
  idle: ['good', 'good'],
  on_break: ['pause', 'pause'],
  logged_out: ['calm', 'out'],
};

export function lookOf(state: string): readonly [Tone, IconName] {
  return LOOKS[state] ?? ['calm', 'unknown'];
}

export function stateOf(row: AgentRow): string {
  if (row.activity !== 'idle') return row.activity;
  if (row.status !== 'available') return row.status;
  return row.engaged ? 'engaged' : 'idle';
}

export function wordOf(state: string): string {
  const said = words.value;
  if (state === 'engaged') return said.supervisor.engaged;
  return state in said.activity ? named(said.activity, state) : named(said.status, state);
}

export function stateWord(row: AgentRow): string {
  const word = wordOf(stateOf(row));
  return stateOf(row) === 'on_break' && row.reason !== '' ? `${word}: ${breakWord(row.reason)}` : word;
}

/** A break of the configuration by its own name; one that the engine has set says why. */
export function breakWord(reason: string): string {
  return reason in words.value.breakOf ? named(words.value.breakOf, reason) : reason;
}

/** His state, that his break is too long, and what begins when his work is over. */
export function AgentState({ row }: { readonly row: AgentRow }) {
  const said = words.value.supervisor;
  const forS = useElapsedS(row.since);
  const state = stateOf(row);
  const [tone, icon] = lookOf(state);
  const isTimed = state === 'talking' || state === 'hold' || state === 'on_break' || state === 'wrapup';
  return (
    <>
      <Badge tone={tone} icon={icon} title={stateWord(row)} shade={isTimed ? shadeOf(forS) : 0}>
        {stateWord(row)}
      </Badge>
      {row.overdue && <Badge tone="bad">{said.overdue}</Badge>}
      {row.pending !== '' && (
        <Badge tone="pause" icon="pause" look="is-next" title={said.pending(breakWord(row.pending))}>
          {breakWord(row.pending)}
        </Badge>
      )}
    </>
  );
}
