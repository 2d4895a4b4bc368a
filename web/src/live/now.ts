/** What do the pages see of the engine right now? The one live client of this page, as signals. */

import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask } from '../api/client';
import { Problem } from '../api/problem';
import { type Connection, LiveClient, type Picture, STALE_AFTER_S } from './client';
import type { Pulse, Rows } from './difference';

interface Ticket {
  readonly ticket: string;
}

export const picture = signal<Picture>({ topics: {}, complete: false });
export const connection = signal<Connection>('connecting');
export const pulse = signal<Pulse | null>(null);
/** A word that changes with the pages themselves; '' before the engine has told it. */
export const build = signal('');
/** Epoch seconds on the engine's machine, whole, once a second; null before the first message. */
export const serverNow = signal<number | null>(null);
/** Seconds since the engine was heard, once a second. */
export const ageS = signal(0);
export const isStale = computed(() => connection.value !== 'live' || ageS.value > STALE_AFTER_S);
/** The same, where it lasts: a drop of a moment is no trouble. */
export const unheardS = computed(() => (ageS.value >= STALE_AFTER_S ? ageS.value : null));

const client = new LiveClient(
  {
    async ticket() {
      try {
        return (await ask<Ticket>('POST', '/live/tickets', { body: {} })).ticket;
      } catch (error) {
        if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
        throw error;
      }
    },
    open(address) {
      const url = new URL(address, window.location.href);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return new WebSocket(url);
    },
    now: ownS,
    later(seconds, work) {
      const timer = window.setTimeout(work, seconds * 1000);
      return () => window.clearTimeout(timer);
    },
    chance: Math.random,
  },
  {
    picture: (shown) => {
      if (shown.topics.status !== picture.value.topics.status) pulse.value = null; // the status is newer
      picture.value = shown;
    },
    connection: (said) => {
      connection.value = said;
      tick();
    },
    pulse: (heard) => {
      pulse.value = heard;
    },
    build: (word) => {
      build.value = word;
    },
  },
);

/** Follow these topics while the component is on the page. One component of a page asks, the others read. */
export function useLive(topics: readonly string[]): void {
  const words = topics.join();
  useEffect(() => {
    client.want(words.split(','));
    return () => client.want([]);
  }, [words]);
}

/** The rows of a topic, by their keys; empty while there is no picture. */
export function rowsOf(topic: string): Rows {
  return picture.value.topics[topic] ?? {};
}

function ownS(): number {
  return performance.now() / 1000;
}

function tick(): void {
  const now = client.clock.now(ownS());
  serverNow.value = now === null ? null : Math.floor(now);
  ageS.value = Math.floor(client.ageS());
}

/** Once a second, shortly after the engine's second begins, so that all durations of a page step together. */
function keepTicking(): void {
  tick();
  const now = client.clock.now(ownS()) ?? ownS();
  window.setTimeout(keepTicking, (1 - (now % 1)) * 1000 + 5);
}

keepTicking();
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && client.ageS() > STALE_AFTER_S) client.again(); // back from sleep
});
window.addEventListener('online', () => client.again());
