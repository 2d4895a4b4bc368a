/** What does the engine tell of campaigns? The shapes of docs/campaigns.md, as far as the page reads them. */

import type { Rows } from '../../live/difference';
import type { Level } from '../../live/hysteresis';
import { typed } from '../../live/rows';

export interface CampaignRow {
  readonly name: string;
  readonly mode: string;
  readonly state: string;
  readonly queue?: string;
  readonly why?: string;
  readonly until?: number | null;
  readonly placing?: Partial<Placing>;
  readonly at_hand?: number;
  readonly due?: number;
  readonly planned?: number;
  readonly dialling?: number;
  readonly connected?: number;
  readonly settled?: number;
  readonly since?: number | null;
  /** In the law's window: calls that a person answered, and those of them that found no agent in time. */
  readonly answered?: number;
  readonly abandoned?: number;
  readonly today?: Attempts;
  /** The newest dials, in a row, that no node took on, and by which trunk. */
  readonly untaken?: number;
  readonly untaken_trunk?: string;
  readonly not_dialled?: Readonly<Record<string, number>>;
  /** The law's, or the campaign's own where that is stricter: of `answered`, at most so many of `abandoned`. */
  readonly abandon_cap_percent: number;
  /** What may be asked of it now. */
  readonly may: readonly Action[];
  readonly leads: number;
  readonly leads_left: number;
  readonly states: Readonly<Record<string, number>>;
}

/** The newest decision of the pacing, in parts (cti/outbound/placing.py); null: not so in this mode. */
export interface Placing {
  readonly number: number;
  readonly why: string;
  readonly free: number;
  readonly freed: number | null;
  readonly share: number | null;
  readonly cap: number | null;
  readonly in_air: number;
  readonly lines_used: number | null;
  readonly lines: number | null;
}

/** Attempts since midnight, in the words of the contract of figures: placed = all results + in the air. */
export interface Attempts {
  readonly placed: number;
  readonly human: number;
}

export interface PlanAnswer {
  readonly plan: {
    readonly leads: number;
    readonly counts: Readonly<Record<string, number>>;
  };
}

export interface ListRow {
  readonly id: number;
  readonly name: string;
  readonly at: number;
  readonly by: string;
  readonly state: string;
  readonly rows: number;
  readonly leads: number;
  readonly states: Readonly<Record<string, number>>;
}

export type Action = 'start' | 'pause' | 'resume' | 'drain' | 'stop';

/** Which part of the leads has its outcome; who was erased is none of them. Null where there are none. */
export function doneShare(row: CampaignRow): number | null {
  const leads = row.leads - (row.states.forgotten ?? 0);
  return leads > 0 ? (leads - row.leads_left) / leads : null;
}

/** Seconds until all have their outcome, if it goes on as fast as since it began to run; null where nobody can tell. */
export function readyInS(row: CampaignRow, now: number | null): number | null {
  if (row.state !== 'running' || !row.since || !row.settled || now === null) return null;
  return (row.leads_left * Math.max(0, now - row.since)) / row.settled;
}

/** Rows of the live socket that are campaigns: promised callbacks are told there, too. */
export function campaignsOf(rows: Rows): readonly CampaignRow[] {
  return typed<CampaignRow>(rows).filter((row) => row.state !== undefined);
}

const NEAR_THE_CAP = 2 / 3;

/** A share of abandoned calls against its cap: act above it, watch where two thirds of it are used. */
export function ofAbandonedBy(share: number, capPercent: number): Level {
  const cap = capPercent / 100;
  if (share > cap) return 'bad';
  return share > NEAR_THE_CAP * cap ? 'watch' : 'good';
}

/** A time as people say it: 40 s, 12 min, 3 h 20 min. */
export function long(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return '–';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
