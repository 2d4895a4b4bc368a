/** What do the rows on the live socket hold? The shapes of docs/live-socket.md, as far as pages read them. */

import type { Rows } from './difference';

export interface QueueRow {
  readonly name: string;
  readonly waiting: number;
  /** Of these: customers who are still to be called. */
  readonly to_call: number;
  readonly ringing: number;
  readonly oldest_since: number | null;
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly short_abandoned: number;
  readonly agents_free: number;
  readonly agents_available: number;
  readonly target_s: number;
  readonly service_level_percent: number;
  readonly service_level: number | null;
  readonly asa_s: number | null;
  readonly wait_p90_s: number | null;
  readonly today?: Counts;
  readonly last_15m?: Counts;
  readonly last_60m?: Counts;
}

/** Figures of a time: since midnight, or a sliding window. */
export interface Counts {
  readonly offered: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly short_abandoned: number;
  readonly service_level: number | null;
  readonly asa_s: number | null;
  readonly abandon_rate: number | null;
}

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly phone: string | null;
  readonly status: 'logged_out' | 'available' | 'on_break';
  readonly reason: string;
  readonly pending: string;
  readonly overdue: boolean;
  readonly activity: 'idle' | 'preview' | 'ringing' | 'dialling' | 'talking' | 'hold' | 'wrapup';
  readonly since: number | null;
  readonly queues: readonly string[];
  readonly groups: readonly string[];
  readonly engaged: boolean | null;
  readonly contact: string | null;
  readonly contact_queue: string | null;
  readonly today?: AgentDay;
}

/** Of an agent, since midnight: what he has done, and seconds in each state. */
export interface AgentDay {
  readonly handled: number;
  readonly missed: number;
  readonly transferred: number;
  readonly talk_s: number;
  readonly hold_s: number;
  readonly wrapup_s: number;
  readonly break_s: number;
  readonly staffed_s: number;
  readonly occupancy: number | null;
  readonly aht_s: number | null;
}

export interface CallRow {
  readonly contact: string;
  readonly call: string;
  readonly queue: string | null;
  readonly state: string;
  readonly since: number;
  readonly wait_s: number | null;
  readonly agent: string | null;
  readonly caller: string | null;
  readonly order_at: number | null;
  /** He is a customer who is not on the phone yet. */
  readonly to_call: boolean;
}

/** Somebody who listens, whispers or barges in; one that is over is told for a while. */
export interface ListeningRow {
  readonly spy: string;
  readonly mode: string;
  readonly state: 'ringing' | 'hearing' | 'ended';
  readonly contact: string | null;
  readonly agent: string | null;
  readonly by: string;
  readonly result: string;
}

/** What everybody sees of the engine. */
export interface HealthRow {
  readonly nodes: Readonly<Record<string, string>>;
  readonly down_since: Readonly<Record<string, number>>;
  /** Why no new caller comes in now ('' while they do), since when. */
  readonly admission?: { readonly closed: string; readonly since?: number | null };
  /** Nodes that are taken out of use: "draining" or "empty", and why. */
  readonly drained?: Readonly<Record<string, { readonly state: string; readonly reason: string }>>;
  /** Of engines that are joined; null where this one is alone. */
  readonly redis?: { readonly up: boolean; readonly away_since: number | null; readonly standbys: number } | null;
  /** Why nothing can be written now ('' while it can), since when. */
  readonly store?: { readonly why: string; readonly since: number | null };
  readonly bugs: number;
  readonly breaks: readonly string[];
}

/** With the sums that the engine tells whoever is in charge of the whole centre. */
export interface StatusRow extends HealthRow {
  readonly calls_active: number;
  readonly in_flow: number;
  readonly waiting: number;
  readonly to_call: number;
  readonly talking: number;
  readonly agents_free: number;
  readonly agents_available: number;
  readonly today: Counts;
}

/** How many wait on the phone: who is still to be called waits for nothing. */
export function callersOf(row: { readonly waiting: number; readonly to_call: number }): number {
  return row.waiting - row.to_call;
}

export function hasSums(row: HealthRow | undefined): row is StatusRow {
  return row !== undefined && 'today' in row;
}

/** The rows of a topic as what they are. The engine is of the same build as the page: shapes are not checked again here. */
export function typed<T>(rows: Rows): readonly T[] {
  return Object.values(rows) as unknown as readonly T[];
}
