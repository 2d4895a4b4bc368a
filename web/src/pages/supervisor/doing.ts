/** What can a supervisor do to an agent or a contact? One line for each request; the dialogs ask for the rest. */

import { signal } from '@preact/signals';
import { ask, type Once } from '../../api/client';
import type { AgentRow, CallRow } from '../../live/rows';
import { say, sayProblem } from '../../parts/toast';
import { words } from '../../words';

export type Listening = 'listen' | 'whisper' | 'barge';

/** Which dialog is open. */
export type Asked =
  | { readonly what: 'why'; readonly agent: string }
  | { readonly what: 'story'; readonly contact: string }
  | { readonly what: 'pause' | 'logout'; readonly agent: AgentRow }
  | { readonly what: 'move' | 'prioritise' | 'withdraw'; readonly call: CallRow }
  | { readonly what: Listening; readonly agent: AgentRow };

export const asked = signal<Asked | null>(null);

export type AgentWord = 'login' | 'logout' | 'pause' | 'unpause' | 'ready';

/** Throws Problem. */
export async function askAgent(agent: AgentRow, word: AgentWord, reason = ''): Promise<void> {
  await ask('POST', `/agents/${encodeURIComponent(agent.id)}/${word}`, { body: reason === '' ? {} : { reason } });
  const said = words.value.supervisor;
  say(said.of(agent.name || agent.id, said.didAgent[word]));
}

/** The same, at once, from a button in a row. */
export function askAgentNow(agent: AgentRow, word: AgentWord): void {
  askAgent(agent, word).catch(sayProblem);
}

/** The id of a contact has a slash in it, and may be sent so. Throws Problem. */
export async function askContact(contact: string, word: string, body: object, once: Once): Promise<void> {
  await ask('POST', `/contacts/${contact.split('/').map(encodeURIComponent).join('/')}/${word}`, { body, once });
}
