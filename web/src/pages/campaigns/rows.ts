/** What does the engine tell of campaigns? The shapes of docs/campaigns.md, as far as the page reads them. */

import type { Level } from '../../live/hysteresis';

export interface CampaignRow {
  readonly name: string;
  readonly mode: string;
  readonly state: string;
  readonly queue?: string;
  readonly why?: string;
  readonly until?: number | null;
  readonly pacing?: string;
  readonly at_hand?: number;
  readonly due?: number;
  readonly planned?: number;
  readonly dialling?: number;
  readonly connected?: number;
  readonly dialled?: number;
  readonly settled?: number;
  readonly answered?: number;
  readonly abandoned?: number;
  readonly not_dialled?: Readonly<Record<string, number>>;
  /** The law's, or the campaign's own where that is stricter: of `answered`, at most so many of `abandoned`. */
  readonly abandon_cap_percent: number;
  /** What may be asked of it now. */
  readonly may: readonly Action[];
  readonly leads: number;
  readonly leads_left: number;
  readonly states: Readonly<Record<string, number>>;
  readonly eta_s: number | null;
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

/** Which part of the leads has its outcome; null where there are none. */
export function doneShare(row: CampaignRow): number | null {
  return row.leads > 0 ? (row.leads - row.leads_left) / row.leads : null;
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
