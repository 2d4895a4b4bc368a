import { beforeEach, describe, expect, it } from 'vitest';
import { type Connection, LiveClient, type Picture, type Socket, STALE_AFTER_S } from '../../src/live/client';

/** A world in which time passes only when a test says so. */
class World {
  time = 0;
  tickets: (string | null | Error)[] = [];
  addresses: string[] = [];
  sockets: (Socket & { isClosed: boolean })[] = [];
  pictures: Picture[] = [];
  connections: Connection[] = [];
  builds: string[] = [];
  private timers: { at: number; work: () => void }[] = [];

  readonly client = new LiveClient(
    {
      ticket: async () => {
        const next = this.tickets.length > 0 ? this.tickets.shift() : 't';
        if (next instanceof Error) throw next;
        return next ?? null;
      },
      open: (address) => {
        const socket = {
          onmessage: null,
          onclose: null,
          isClosed: false,
          close() {
            this.isClosed = true;
          },
        };
        this.addresses.push(address);
        this.sockets.push(socket);
        return socket;
      },
      now: () => this.time,
      later: (seconds, work) => {
        const timer = { at: this.time + seconds, work };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((each) => each !== timer);
        };
      },
      chance: () => 1,
    },
    {
      picture: (picture) => this.pictures.push(picture),
      connection: (connection) => this.connections.push(connection),
      pulse: () => undefined,
      build: (build) => this.builds.push(build),
    },
  );

  async pass(seconds: number): Promise<void> {
    const until = this.time + seconds;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.time = Math.max(this.time, due.at);
      this.timers = this.timers.filter((timer) => timer !== due);
      due.work();
      await settled();
    }
    this.time = until;
    await settled();
  }

  say(message: object): void {
    this.sockets.at(-1)?.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  break(): void {
    this.sockets.at(-1)?.onclose?.({ code: 1006 } as CloseEvent);
  }
}

async function settled(): Promise<void> {
  for (let step = 0; step < 5; step += 1) await Promise.resolve();
}

const SNAPSHOT = {
  type: 'snapshot',
  boot: 'b1',
  build: 'x',
  seq: 7,
  at: 100,
  topics: { queues: { sales: { waiting: 1 } } },
};

describe('LiveClient', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    world.client.want(['queues', 'agents']);
    await settled();
  });

  it('asks for a ticket and opens the socket with the topics', () => {
    expect(world.addresses).toEqual(['/api/v1/live?ticket=t&topics=agents%2Cqueues']);
  });

  it('shows the picture and goes live', () => {
    world.say(SNAPSHOT);
    world.say({ type: 'change', seq: 8, at: 101, topics: { queues: { set: { sales: { waiting: 2 } } } } });
    expect(world.pictures.at(-1)).toEqual({ topics: { queues: { sales: { waiting: 2 } } }, complete: true });
    expect(world.connections).toEqual(['live']);
    expect(world.builds).toEqual(['x']);
  });

  it('resumes where it was after a drop, and keeps showing what it has', async () => {
    world.say(SNAPSHOT);
    world.break();
    expect(world.connections.at(-1)).toBe('stale');
    await world.pass(0.5);
    expect(world.addresses.at(-1)).toContain('boot=b1&seq=7');
    expect(world.pictures.at(-1)?.complete).toBe(true);
    world.say({ type: 'change', seq: 9, at: 103, topics: {} });
    expect(world.connections.at(-1)).toBe('live');
  });

  it('grows stale when nothing is said, and gives a silent socket up', async () => {
    world.say(SNAPSHOT);
    await world.pass(STALE_AFTER_S);
    expect(world.connections.at(-1)).toBe('stale');
    expect(world.client.ageS()).toBe(STALE_AFTER_S);
    await world.pass(12);
    expect(world.sockets[0]?.isClosed).toBe(true);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it('tries again less and less often', async () => {
    for (let drop = 0; drop < 3; drop += 1) {
      world.break();
      await world.pass(0.5 * 2 ** drop);
    }
    expect(world.sockets).toHaveLength(4);
    world.break();
    await world.pass(3.9);
    expect(world.sockets).toHaveLength(4);
    await world.pass(0.2);
    expect(world.sockets).toHaveLength(5);
  });

  it('tries again when the engine cannot be asked for a ticket, not when it refuses one', async () => {
    const other = new World();
    other.tickets = [new Error('down'), null];
    other.client.want(['queues']);
    await settled();
    await other.pass(0.5);
    expect(other.connections.at(-1)).toBe('refused');
    await other.pass(60);
    expect(other.sockets).toHaveLength(0);
  });

  it('begins anew with other topics, and stops with none', async () => {
    world.say(SNAPSHOT);
    world.client.want(['calls']);
    await settled();
    expect(world.addresses.at(-1)).toBe('/api/v1/live?ticket=t&topics=calls');
    expect(world.pictures.at(-1)).toEqual({ topics: {}, complete: false });
    world.client.want([]);
    expect(world.sockets.every((socket) => socket.isClosed)).toBe(true);
    await world.pass(60);
    expect(world.sockets).toHaveLength(2);
  });

  it('counts the age from the newest message, or from when somebody began to listen', async () => {
    const other = new World();
    expect(other.client.ageS()).toBe(0);
    await other.pass(50);
    other.tickets = [new Error('down')];
    other.client.want(['queues']);
    await settled();
    await other.pass(0.4);
    expect(other.client.ageS()).toBeCloseTo(0.4);
    world.say(SNAPSHOT);
    await world.pass(2);
    expect(world.client.ageS()).toBe(2);
    world.client.want([]);
    await world.pass(100);
    world.client.want(['calls']);
    expect(world.client.ageS()).toBe(0); // nobody has listened meanwhile
  });
});
