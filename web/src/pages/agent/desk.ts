/** What has this agent before him, and what may he ask for himself? The shapes and requests of his own desk. */

import { ask } from '../../api/client';
import type { AgentRow } from '../../live/rows';
import { usePolled } from '../../parts/polled';
import { sayProblem } from '../../parts/toast';

export interface Desk {
  readonly activity: string;
  readonly until: number | null;
  readonly contact: DeskContact | null;
  readonly preview: Preview | null;
}

export interface DeskContact {
  readonly contact: string;
  readonly queue: string;
  readonly caller: string;
  readonly dialled: string;
  readonly customer: Readonly<Record<string, string>>;
  readonly campaign: string;
  readonly since: number | null;
  readonly is_over: boolean;
  readonly dispositions: Readonly<Record<string, string>>;
  readonly is_required: boolean;
  readonly disposition: string;
}

export interface Preview {
  readonly campaign: string;
  readonly queue: string;
  readonly number: string;
  readonly data: Readonly<Record<string, string>>;
  readonly until: number;
}

export interface Work {
  readonly callbacks: readonly CallbackRow[];
  readonly follow_ups: readonly FollowUpRow[];
}

export interface CallbackRow {
  readonly id: number;
  readonly state: string;
  readonly queue: string;
  readonly number: string;
  readonly topic: string;
  readonly due_at: number;
  readonly tries: readonly unknown[];
}

export interface FollowUpRow {
  readonly id: number;
  readonly queue: string;
  readonly number: string;
  readonly answer: string;
  readonly due_at: number;
}

/** Asked anew with each change of his own live row, and by `again`; null before the first answer. */
export function useDesk(row: AgentRow): { readonly desk: Desk | null; readonly again: () => void } {
  const { id, activity, since, contact } = row;
  const { value, again } = usePolled<{ readonly desk: Desk }>(`/agents/${encodeURIComponent(id)}/desk`, 0, {
    also: `${activity} ${since} ${contact}`,
  });
  return { desk: value?.desk ?? null, again };
}

export type Word = 'login' | 'logout' | 'pause' | 'unpause' | 'ready' | 'extend' | 'disposition';

/** Throws Problem. */
export async function askSelf(agent: string, word: Word, reason = ''): Promise<void> {
  await ask('POST', `/agents/${encodeURIComponent(agent)}/${word}`, { body: reason === '' ? {} : { reason } });
}

/** Throws Problem. What is decided about the customer whom he previews. */
export async function decide(agent: string, word: 'accept' | 'skip'): Promise<void> {
  await ask('POST', `/agents/${encodeURIComponent(agent)}/preview/${word}`, { body: {} });
}

/** From a button: what cannot be is said. */
export function doing(work: Promise<void>, then: () => void = () => undefined): void {
  work.then(then).catch(sayProblem);
}
