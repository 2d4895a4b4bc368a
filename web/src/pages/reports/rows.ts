/** What does a report hold, and how is a figure of it written? Pure. Shapes as cti/reports/report.py makes them. */

import { clockFace } from '../../live/server_clock';
import type { Sortable } from '../../parts/order';

export type Value = string | number | null | undefined;
export type Row = Readonly<Record<string, Value>>;

export interface ReportAnswer {
  readonly report: string;
  readonly from: number;
  readonly to: number;
  readonly step: string;
  readonly zone: string;
  readonly definitions: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly weak: readonly { readonly row: number; readonly column: string }[];
}

/** A figure as people read it; unknown is a dash. Times are those of the centre's zone; `isLong`: 1:02:05 for 3725 s. */
export function cell(value: Value, unit: string, zone: string, isLong = false): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value === '' ? '' : value;
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'time') return moment(value, zone);
  if (unit === 's') return isLong ? clockFace(Math.round(value)) : `${Math.round(value * 10) / 10} s`;
  if (unit === 'score') return (value * 100).toFixed(0);
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

/** From when to when it is told. */
export function spanOf(report: ReportAnswer): string {
  return `${moment(report.from, report.zone)} – ${moment(report.to, report.zone)}`;
}

export function sortable(value: Value): Sortable {
  return value === '' ? null : value;
}

function moment(at: number, zone: string): string {
  return new Date(at * 1000).toLocaleString(undefined, { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
}

const LONG_S = 60;

/** A column is written in one way, so that its rows can be compared. */
export function isLong(report: ReportAnswer, column: string): boolean {
  if (report.units[column] !== 's' || column === 'wait_s') return false;
  return report.rows.some((row) => typeof row[column] === 'number' && row[column] >= LONG_S);
}

/**
 * Columns in which nothing is: a centre without callbacks needs none of them. Names and times always stay. A count of 0
 * is nothing; a share, a score or a time of 0 is a result, and may be the worst there is.
 */
export function emptyOf(report: ReportAnswer): ReadonlySet<string> {
  const counted = report.columns.filter((name) => !['name', 'time', 'state'].includes(report.units[name] ?? ''));
  const isNothing = (name: string, value: Value) =>
    value == null || value === '' || (value === 0 && isCount(report, name));
  return new Set(counted.filter((name) => report.rows.every((row) => isNothing(name, row[name]))));
}

function isCount(report: ReportAnswer, name: string): boolean {
  return !['share', 'score'].includes(report.units[name] ?? '');
}

const DAY_S = 86_400;

/** How the steps of an axis are called: times of day, with the day where it begins; of a longer time only days. */
export function tickWords(ticks: readonly number[], zone: string, language: string): string[] {
  const written = (at: number, how: Intl.DateTimeFormatOptions) =>
    new Date(at * 1000).toLocaleString(language, { timeZone: zone, ...how });
  const day = (at: number) => written(at, { day: 'numeric', month: 'numeric' });
  const apart = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  return ticks.map((at, index) => {
    if (apart >= DAY_S) return day(at);
    const before = ticks[index - 1];
    const isNew = before === undefined || day(before) !== day(at);
    return `${written(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}${isNew ? `\n${day(at)}` : ''}`;
  });
}

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** What the curve of a report goes along: the time of day, or (of who gives up) the wait; '' where it has none. */
export function alongOf(report: ReportAnswer): 'start' | 'wait_s' | '' {
  if (report.columns.includes('start')) return 'start';
  return report.columns[0] === 'wait_s' ? 'wait_s' : '';
}

/** The steps of a report and one series for each name; null where the report has one step, or no such figure. */
export function seriesOf(report: ReportAnswer, figure: string): { times: number[]; series: Series[] } | null {
  const key = report.columns.find((name) => report.units[name] === 'name') ?? '';
  const along = alongOf(report);
  if (along === '' || !report.columns.includes(figure)) return null;
  const times = [...new Set(report.rows.map((row) => row[along]).filter((at) => typeof at === 'number'))].sort(
    (one, other) => one - other,
  );
  if (times.length < 2) return null;
  const names = [...new Set(report.rows.map((row) => String(row[key] ?? '')))].filter((name) => name !== '' || !key);
  const series = names.slice(0, MOST_SERIES).map((name) => {
    const own = new Map(report.rows.filter((row) => !key || row[key] === name).map((row) => [row[along], row[figure]]));
    return { name: name || figure, values: times.map((at) => number(own.get(at))) };
  });
  return { times, series };
}

const MOST_SERIES = 6;

function number(value: Value): number | null {
  return typeof value === 'number' ? value : null;
}
