/** How does a page stay in step with the engine? Ticket, socket, resume, backoff, age. Knows no page and no row. */

import { waitBefore } from './backoff';
import { applyChange, type Message, type Pulse, readMessage, type Topics } from './difference';
import { ServerClock } from './server_clock';

export const STALE_AFTER_S = 3;
const OPEN_LIMIT_S = 10;

export interface Picture {
  readonly topics: Topics;
  /** False until the first snapshot of the wanted topics. */
  readonly complete: boolean;
}

export type Connection = 'connecting' | 'live' | 'stale' | 'refused';

/** The world around the client, so that a test can be it. */
export interface Surroundings {
  /** Asks for a ticket; null: nobody is signed in, or he may not. Throws where the engine cannot be reached. */
  ticket(): Promise<string | null>;
  open(address: string): Socket;
  /** Seconds of a clock that never steps. */
  now(): number;
  /** Calls `work` after `seconds`; what comes back takes it off. */
  later(seconds: number, work: () => void): () => void;
  chance(): number;
}

export interface Socket {
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  close(): void;
}

export interface Listener {
  picture(picture: Picture): void;
  connection(connection: Connection): void;
  pulse(pulse: Pulse): void;
  build(build: string): void;
}

export class LiveClient {
  readonly clock = new ServerClock();
  private topics: readonly string[] = [];
  private picture: Picture = { topics: {}, complete: false };
  private socket: Socket | null = null;
  private attempt = 0;
  private tries = 0;
  private boot = '';
  private seq = -1;
  private heardAt = Number.NEGATIVE_INFINITY;
  private askedAt = Number.POSITIVE_INFINITY;
  private said: Connection = 'connecting';
  private takeOff: (() => void) | null = null;
  private takeOffWatch: (() => void) | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly listener: Listener,
  ) {}

  /** Follow these topics from now on; none: leave the engine alone. */
  want(topics: readonly string[]): void {
    const wanted = [...topics].sort();
    if (wanted.join() === this.topics.join()) return;
    if (this.topics.length === 0) this.askedAt = this.around.now();
    if (wanted.length === 0 && this.said === 'live') this.heardAt = Number.NEGATIVE_INFINITY; // nothing is missed
    this.topics = wanted;
    this.boot = '';
    this.seq = -1;
    this.show({ topics: {}, complete: false });
    this.again();
  }

  /** Connect anew now (somebody has signed in, the machine has woken up). */
  again(): void {
    this.drop();
    this.tries = 0;
    if (this.topics.length > 0) void this.connect();
  }

  /** Seconds since anything was heard, or since somebody began to listen; 0 while nobody does. */
  ageS(): number {
    if (this.topics.length === 0) return 0;
    return this.around.now() - (Number.isFinite(this.heardAt) ? this.heardAt : this.askedAt);
  }

  private drop(): void {
    this.attempt += 1;
    this.takeOff?.();
    this.takeOffWatch?.();
    this.takeOff = this.takeOffWatch = null;
    const socket = this.socket;
    this.socket = null;
    if (socket !== null) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
  }

  private async connect(): Promise<void> {
    this.attempt += 1;
    const mine = this.attempt;
    if (this.said !== 'stale') this.say('connecting');
    let ticket: string | null;
    try {
      ticket = await this.around.ticket();
    } catch {
      if (mine === this.attempt) this.retry();
      return;
    }
    if (mine !== this.attempt) return;
    if (ticket === null) {
      this.say('refused');
      return;
    }
    const asked = new URLSearchParams({ ticket, topics: this.topics.join() });
    if (this.boot !== '') {
      asked.set('boot', this.boot);
      asked.set('seq', String(this.seq));
    }
    const socket = this.around.open(`/api/v1/live?${asked.toString()}`);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(typeof event.data === 'string' ? event.data : '');
    socket.onclose = () => this.retry();
    this.watch(OPEN_LIMIT_S);
  }

  private retry(): void {
    this.drop();
    if (this.said !== 'connecting') this.say('stale');
    const wait = waitBefore(this.tries, this.around.chance());
    this.tries += 1;
    this.takeOff = this.around.later(wait, () => void this.connect());
  }

  /** A socket that says nothing for so long is dead, whatever TCP thinks: a pulse comes every second. */
  private watch(limit: number): void {
    this.takeOffWatch?.();
    this.takeOffWatch = this.around.later(limit, () => {
      this.say('stale');
      this.takeOffWatch = this.around.later(OPEN_LIMIT_S, () => this.retry());
    });
  }

  private hear(text: string): void {
    const message = readMessage(text);
    if (message === null) return;
    const now = this.around.now();
    this.heardAt = now;
    this.tries = 0;
    this.clock.heard(message.at, now);
    this.seq = message.seq;
    this.take(message);
    this.say('live');
    this.watch(STALE_AFTER_S);
  }

  private take(message: Message): void {
    if (message.type === 'snapshot') {
      this.boot = message.boot;
      this.listener.build(message.build);
      this.show({ topics: message.topics, complete: true });
    } else if (message.type === 'change') {
      this.show({ topics: applyChange(this.picture.topics, message), complete: this.picture.complete });
    } else {
      this.listener.pulse(message);
    }
  }

  private show(picture: Picture): void {
    this.picture = picture;
    this.listener.picture(picture);
  }

  private say(connection: Connection): void {
    if (connection === this.said) return;
    this.said = connection;
    this.listener.connection(connection);
  }
}
