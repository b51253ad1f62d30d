import type { RedisArgument, RedisClient, RedisCommand, RedisSubscriber } from '../../../core/ports.js';
import type { StoreCommand, StoreEvidence } from '../../../sim/oracles/index.js';
import { DataServer } from '../../../sim/redis/data-server.js';
import { Inspection } from '../../../sim/redis/inspection.js';
import { ErrorReply, type Reply, ReplyError, StatusReply, toClientValue } from '../../../sim/redis/reply.js';
import { Session } from '../../../sim/redis/session.js';
import { Connection, type Fabric } from './fabric.js';
import { Process } from './process.js';

interface Request {
  readonly id: number;
  readonly words: readonly string[];
}
/** An answer, or with id 0 a message that was not asked for. */
interface Answer {
  readonly id: number;
  readonly reply: Reply;
  readonly push: readonly string[] | null;
}
type Wire = Connection<Request, Answer>;

/** One Redis in memory: the simulator's commands, without its network. */
export class Store {
  readonly process: Process;
  readonly listeners: ((command: StoreCommand) => void)[] = [];
  private data: DataServer;
  private inspection: Inspection;

  constructor(private readonly fabric: Fabric) {
    this.process = new Process(fabric.time, 'redis-1');
    this.data = this.server();
    this.inspection = new Inspection(this.data.keyspace);
    this.process.start();
  }

  /** All data are gone. */
  wipe(): void {
    this.data = this.server();
    this.inspection = new Inspection(this.data.keyspace);
  }

  accept(connection: Wire, client: string): { onMessage(request: Request): void; onClose(): void } {
    const session = new Session((message) => connection.answer('push', { id: 0, reply: null, push: message }));
    return {
      onMessage: ({ id, words }) => {
        const { data } = this;
        const reply = data.execute(session, words);
        const writes = data.lastFootprint()?.writes ?? [];
        for (const listener of this.listeners)
          listener({ client, words, reply: reply instanceof StatusReply ? reply.text : reply, writes });
        connection.answer(words[0]!, { id, reply, push: null });
      },
      onClose: () => {
        for (const sessions of this.data.subscribers.values()) sessions.delete(session);
      },
    };
  }

  connect(of: Process, hooks: LinkHooks = {}): Link {
    return new Link(this.fabric, of, this, hooks);
  }

  readonly evidence: StoreEvidence = {
    hash: (key) => this.inspection.hgetall(key),
    set: (key) => this.inspection.smembers(key),
    list: (key) => this.inspection.lrange(key),
    string: (key) => this.inspection.get(key),
    nowMs: () => 0,
    sorted: (key) => this.inspection.zrange(key),
    keys: (prefix) => this.inspection.keys().filter((key) => key.startsWith(prefix)),
    ttlMs: (key) => {
      const ms = this.inspection.pttl(key);
      return ms === -1 ? Number.POSITIVE_INFINITY : Math.max(0, ms);
    },
  };

  private server(): DataServer {
    const data = new DataServer({ nowMs: () => this.fabric.time.nowMs() });
    data.traceFootprints = true;
    return data;
  }
}

interface LinkHooks {
  readonly onReady?: () => void;
  readonly onPush?: (message: readonly string[]) => void;
}
interface Flight extends Request {
  settle(error: Error | null, value: unknown): void;
}

const COMMAND_TIMEOUT_MS = 1_000;
const SOCKET_TIMEOUT_MS = 5_000;

/** A connection to the store as `ioredis` keeps it, with the time-outs that the simulator's clients have. */
class Link {
  private wire: Wire | null = null;
  private ready = false;
  private attempts = 0;
  private nextId = 1;
  private heardMs = 0;
  private readonly waiting = new Map<number, Flight>();

  constructor(
    private readonly fabric: Fabric,
    private readonly of: Process,
    private readonly store: Store,
    private readonly hooks: LinkHooks,
  ) {
    this.open();
  }

  submit(words: readonly string[], settle: Flight['settle']): void {
    const flight: Flight = { id: this.nextId++, words, settle };
    this.waiting.set(flight.id, flight);
    if (this.ready) this.wire!.send(words[0]!, { id: flight.id, words });
    this.of.timers.after(COMMAND_TIMEOUT_MS, () => {
      if (!this.waiting.delete(flight.id)) return;
      flight.settle(new Error('Command timed out'), null);
      const silentMs = this.fabric.time.nowMs() - this.heardMs;
      if (this.ready && silentMs >= SOCKET_TIMEOUT_MS) this.lost();
    });
  }

  reconnect(): void {
    if (this.ready) this.lost();
  }

  private open(): void {
    const wire: Wire = new Connection<Request, Answer>(
      this.fabric,
      this.of,
      this.store.process,
      {
        onOpen: () => {
          if (wire === this.wire) this.opened(wire);
        },
        onMessage: (answer) => {
          if (wire === this.wire) this.received(answer);
        },
        onClose: () => {
          if (wire === this.wire) this.lost();
        },
      },
      (connection) => this.store.accept(connection, this.of.id),
    );
    this.wire = wire;
    this.of.timers.after(COMMAND_TIMEOUT_MS, () => {
      if (wire === this.wire && !this.ready) this.lost();
    });
  }

  private opened(wire: Wire): void {
    this.ready = true;
    this.attempts = 0;
    this.heardMs = this.fabric.time.nowMs();
    for (const { id, words } of this.waiting.values()) wire.send(words[0]!, { id, words });
    this.hooks.onReady?.();
  }

  private received({ id, reply, push }: Answer): void {
    this.heardMs = this.fabric.time.nowMs();
    if (push !== null) {
      this.hooks.onPush?.(push);
      return;
    }
    const flight = this.waiting.get(id);
    if (!this.waiting.delete(id)) return;
    if (reply instanceof ErrorReply) flight!.settle(new ReplyError(reply.message), null);
    else flight!.settle(null, toClientValue(reply));
  }

  private lost(): void {
    this.wire?.close(true);
    this.wire = null;
    this.ready = false;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const flight of lost) flight.settle(new Error('Connection is closed'), null);
    this.of.timers.after(Math.min(++this.attempts * 50, 2_000), () => this.open());
  }
}

const text = (command: readonly RedisArgument[]) => (command[0] === 'call' ? command.slice(1) : command).map(String);

/** The store as a backend's core sees it. */
export function redisClient(store: Store, of: Process): RedisClient {
  const link = store.connect(of);
  return {
    call: (...command) =>
      new Promise((resolve, reject) =>
        link.submit(text(command), (error, value) => (error === null ? resolve(value) : reject(error))),
      ),
    pipeline: (commands: RedisCommand[]) => ({
      exec: () =>
        Promise.all(
          commands.map(
            (command) =>
              new Promise<[Error | null, unknown]>((resolve) =>
                link.submit(text(command), (error, value) => resolve([error, value])),
              ),
          ),
        ),
    }),
  };
}

/** Its subscriber: asks again for its channels after each reconnection. */
export function redisSubscriber(store: Store, of: Process): RedisSubscriber {
  const channels = new Set<string>();
  const messages: ((channel: string, message: string) => void)[] = [];
  const readies: (() => void)[] = [];
  const link: Link = store.connect(of, {
    onReady: () => {
      if (channels.size > 0) link.submit(['SUBSCRIBE', ...channels], () => undefined);
      for (const ready of readies) ready();
    },
    onPush: (message) => {
      if (message[0] === 'message') for (const each of messages) each(message[1]!, message[2]!);
    },
  });
  return {
    subscribe: (...names) =>
      new Promise((resolve, reject) =>
        link.submit(['SUBSCRIBE', ...names], (error, value) => {
          if (error !== null) return reject(error);
          for (const name of names) channels.add(name);
          resolve(value);
        }),
      ),
    disconnect: () => link.reconnect(),
    on: (event: string, listener: ((channel: string, message: string) => void) | (() => void)) => {
      if (event === 'message') messages.push(listener);
      else if (event === 'ready') readies.push(listener as () => void);
    },
  };
}
