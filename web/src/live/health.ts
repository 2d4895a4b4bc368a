/** What is wrong with the centre as a page sees it, worst first? Pure: one list for every page. */

import type { Connection } from './client';
import type { HealthRow } from './rows';

/** Worst first: who hears nothing knows nothing of the rest; a switch touches every call, a closed door every new one. */
const KINDS = [
  'unheard',
  'allDown',
  'closedDrained',
  'closedCalls',
  'closedLag',
  'nodeDown',
  'store',
  'redis',
  'alone',
  'drained',
] as const;

export type Kind = (typeof KINDS)[number];

export interface Trouble {
  readonly kind: Kind;
  /** A node, or why; '' where it is about the whole centre. */
  readonly name: string;
  /** Epoch seconds on the engine's machine; null where nobody knows. */
  readonly since: number | null;
}

export interface Heard {
  readonly connection: Connection;
  /** For how long nothing has been heard, where that is too long; null: all is well. */
  readonly unheardS: number | null;
  readonly now: number | null;
  readonly status: HealthRow | undefined;
  /** The newest that was heard: of a pulse, or of the status. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly downSince: Readonly<Record<string, number | null>>;
}

export function troublesOf(heard: Heard): readonly Trouble[] {
  if (heard.connection === 'refused') return [];
  const found = [
    ...unheard(heard),
    ...nodesOf(heard),
    ...doorOf(heard.status),
    ...storeOf(heard.status),
    ...joinedOf(heard.status),
    ...drainedOf(heard.status),
  ];
  return found.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
}

/** Callers feel what is bad; what is only to be watched is for those who look after the centre. */
export function isBad(trouble: Trouble): boolean {
  return !['store', 'redis', 'alone', 'drained'].includes(trouble.kind);
}

function unheard({ unheardS, now }: Heard): readonly Trouble[] {
  return unheardS === null ? [] : [{ kind: 'unheard', name: '', since: now === null ? null : now - unheardS }];
}

function nodesOf({ nodes, downSince }: Heard): readonly Trouble[] {
  const down = Object.keys(nodes).filter((node) => nodes[node] !== 'up');
  if (down.length === 0 || down.length < Object.keys(nodes).length)
    return down.map((node) => ({ kind: 'nodeDown', name: node, since: downSince[node] ?? null }));
  const since = down.map((node) => downSince[node] ?? null);
  return [
    { kind: 'allDown', name: down.join(', '), since: since.includes(null) ? null : Math.max(...(since as number[])) },
  ];
}

function doorOf(status: HealthRow | undefined): readonly Trouble[] {
  const door = status?.admission;
  if (!door?.closed) return [];
  const kind = ({ lag: 'closedLag', drained: 'closedDrained' } as const)[door.closed] ?? 'closedCalls';
  return [{ kind, name: '', since: door.since ?? null }];
}

function storeOf(status: HealthRow | undefined): readonly Trouble[] {
  const store = status?.store;
  return store?.why ? [{ kind: 'store', name: store.why, since: store.since }] : [];
}

/** Somebody has wanted it so: told, so that nobody wonders. */
function drainedOf(status: HealthRow | undefined): readonly Trouble[] {
  const drained = Object.entries(status?.drained ?? {});
  return drained.map(([node, { reason }]) => {
    return { kind: 'drained', name: reason === '' ? node : `${node} (${reason})`, since: null };
  });
}

/** Of joined engines: nobody could take over, because Redis is away, or because nobody stands by. */
function joinedOf(status: HealthRow | undefined): readonly Trouble[] {
  const joined = status?.redis;
  if (!joined) return [];
  if (!joined.up) return [{ kind: 'redis', name: '', since: joined.away_since }];
  return joined.standbys === 0 ? [{ kind: 'alone', name: '', since: null }] : [];
}
