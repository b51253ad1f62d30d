import type { Host, HostTimer } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Connection, ConnectionHandlers, Network } from '../net/index.js';
import type { ResolvedClientOptions } from './client-options.js';
import type { Locator } from './locator.js';
import { ErrorReply, type Reply, ReplyError, toClientValue } from './reply.js';
import { batchBytes, type Push, REDIS_SERVICE, type Replies } from './wire.js';

/** Gets the outcome of one command. */
export interface ReplySink {
  settle(error: Error | null, value: unknown, index: number): void;
}

interface Entry {
  readonly args: readonly string[];
  readonly sink: ReplySink;
  readonly index: number;
  readonly queuedUs: number;
  settled: boolean;
}

interface Batch {
  readonly entries: Entry[];
  readonly sentUs: number;
}

/** What the owner of a link is told. */
export interface LinkListener {
  /** A connection to a primary can be used. */
  onReady(): void;
  onLost(): void;
  onPush(message: readonly string[]): void;
}

type State = 'idle' | 'locating' | 'connecting' | 'checking' | 'ready' | 'waiting' | 'ended';

function isSettled({ settled }: Entry): boolean {
  return settled;
}

const NO_RETRY =
  'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.';
const CLOSED = 'Connection is closed.';

/**
 * A client's connection to whichever server is the primary: finds it, connects, checks, sends what is asked in one turn as one message,
 * gives up on silence, starts again with growing pauses.
 */
export class ClientLink {
  private state: State = 'idle';
  private connection: Connection | null = null;
  private outgoing: Entry[] = [];
  private flushing = false;
  private inFlight: Batch[] = [];
  private lastHeardUs = 0;
  private attempts = 0;
  private attempt = 0;
  private watch: HostTimer | null = null;
  private connectTimer: HostTimer | null = null;
  private readonly incarnation: number;
  private readonly handlers: ConnectionHandlers = {
    onOpen: (connection) => this.opened(connection),
    onMessage: (message, connection) => this.received(message as Replies | Push, connection),
    onClose: (_reason, connection) => {
      if (connection === this.connection) this.lost(CLOSED);
    },
  };

  constructor(
    private readonly sim: Simulation,
    private readonly net: Network,
    readonly host: Host,
    private readonly locator: Locator,
    private readonly options: ResolvedClientOptions,
    private readonly listener: LinkListener,
  ) {
    this.incarnation = host.incarnation;
    this.connect();
  }

  get ready(): boolean {
    return this.state === 'ready';
  }

  /** Host of the server that it is connected to. */
  get server(): Host | null {
    return this.state === 'ready' ? (this.connection?.remote ?? null) : null;
  }

  /** Takes a command; its outcome goes to `sink`. From a process that is gone it goes nowhere. */
  submit(args: readonly string[], sink: ReplySink, index: number): void {
    if (this.state === 'ended') {
      sink.settle(new Error(CLOSED), undefined, index);
      return;
    }
    this.outgoing.push({ args, sink, index, queuedUs: this.sim.nowUs, settled: false });
    if (this.state === 'ready') this.scheduleFlush();
    else this.startWatch();
  }

  /** Gives the connection up and makes another one (`disconnect(true)`); nothing, while one is being made. */
  reconnect(): void {
    if (this.state === 'ready') this.lost(CLOSED);
  }

  /** Ends the connection for good (`disconnect()`). */
  end(): void {
    this.connection?.close('client ended');
    this.connection = null;
    this.state = 'ended';
    this.cancelTimers();
    this.rejectAll(CLOSED);
  }

  private connect(): void {
    if (this.state === 'ended' || !this.host.isAlive(this.incarnation)) return;
    this.state = 'locating';
    const attempt = ++this.attempt;
    this.locator.locate(this.host, (server) => {
      if (this.state !== 'locating' || attempt !== this.attempt) return;
      if (server === null) this.lost('All sentinels are unreachable.');
      else this.connectTo(server);
    });
  }

  private connectTo(server: Host): void {
    this.state = 'connecting';
    this.connection = this.net.connect(this.host, server, REDIS_SERVICE, this.handlers);
    this.connectTimer = this.host.after(this.options.connectTimeoutMs * 1000, this.connectTimedOut);
  }

  private readonly connectTimedOut = (): void => {
    this.connectTimer = null;
    if (this.state === 'connecting' || this.state === 'checking') this.lost('connect ETIMEDOUT');
  };

  private opened(connection: Connection): void {
    if (connection !== this.connection) return;
    if (!this.locator.checksRole) {
      this.becomeReady();
      return;
    }
    this.state = 'checking';
    connection.send([['ROLE']], 16);
  }

  private checked(reply: Reply): void {
    if (Array.isArray(reply) && reply[0] === 'master') {
      this.becomeReady();
      return;
    }
    this.locator.distrust(this.host);
    this.lost('the server is not a primary');
  }

  private becomeReady(): void {
    if (this.connectTimer !== null) this.host.cancelTimer(this.connectTimer);
    this.connectTimer = null;
    this.state = 'ready';
    this.attempts = 0;
    this.lastHeardUs = this.sim.nowUs;
    this.listener.onReady();
    if (this.outgoing.length !== 0) this.scheduleFlush();
  }

  private scheduleFlush(): void {
    if (this.flushing) return;
    this.flushing = true;
    this.sim.onceSettled(this.flush);
  }

  private readonly flush = (): void => {
    this.flushing = false;
    const { connection } = this;
    if (this.state !== 'ready' || connection === null || this.outgoing.length === 0) return;
    let entries = this.outgoing;
    this.outgoing = [];
    if (entries.some(isSettled)) entries = entries.filter((entry) => !entry.settled);
    if (entries.length === 0) return;
    const nowUs = this.sim.nowUs;
    if (this.inFlight.length === 0) this.lastHeardUs = nowUs;
    this.inFlight.push({ entries, sentUs: nowUs });
    this.startWatch();
    const commands = entries.map((entry) => entry.args);
    connection.send(commands, batchBytes(commands));
  };

  private received(message: Replies | Push, connection: Connection): void {
    if (connection !== this.connection) return;
    this.lastHeardUs = this.sim.nowUs;
    if ('push' in message) {
      this.listener.onPush(message.push);
      return;
    }
    const { replies } = message;
    if (this.state === 'checking') {
      this.checked(replies[0]!);
      return;
    }
    const { entries } = this.inFlight.shift()!;
    let readOnly = false;
    for (let i = 0; i < entries.length; i++) {
      const reply = replies[i]!;
      if (reply instanceof ErrorReply) {
        if (reply.message.startsWith('READONLY')) readOnly = true;
        this.settle(entries[i]!, new ReplyError(reply.message), undefined);
      } else {
        this.settle(entries[i]!, null, toClientValue(reply));
      }
    }
    // reconnectOnError: the primary has become a replica
    if (readOnly && this.connection === connection) this.lost(CLOSED);
  }

  private settle(entry: Entry, error: Error | null, value: unknown): void {
    if (entry.settled) return;
    entry.settled = true;
    entry.sink.settle(error, value, entry.index);
    this.sim.wake();
  }

  /** The connection is gone or was never made. */
  private lost(reason: string): void {
    if (this.state === 'ended') return;
    const wasReady = this.state === 'ready';
    const { connection } = this;
    this.connection = null;
    connection?.close(reason);
    if (this.connectTimer !== null) this.host.cancelTimer(this.connectTimer);
    this.connectTimer = null;
    this.state = 'waiting';
    this.rejectAll(wasReady ? reason : NO_RETRY);
    const { retryStepMs, retryMaxMs } = this.options;
    this.attempts++;
    this.host.after(Math.min(this.attempts * retryStepMs, retryMaxMs) * 1000, this.retry);
    if (wasReady) this.listener.onLost();
  }

  private readonly retry = (): void => {
    if (this.state === 'waiting') this.connect();
  };

  private rejectAll(reason: string): void {
    const batches = this.inFlight;
    const waiting = this.outgoing;
    this.inFlight = [];
    this.outgoing = [];
    for (const batch of batches) for (const entry of batch.entries) this.settle(entry, new Error(reason), undefined);
    for (const entry of waiting) this.settle(entry, new Error(reason), undefined);
  }

  /** One timer watches all commands: it is set while there are any, for when the oldest will be due. */
  private startWatch(): void {
    if (this.watch !== null) return;
    this.watch = this.host.after(this.options.commandTimeoutMs * 1000, this.watchDue);
  }

  private readonly watchDue = (): void => {
    this.watch = null;
    const nowUs = this.sim.nowUs;
    const { commandTimeoutMs, socketTimeoutMs } = this.options;
    const limitUs = nowUs - commandTimeoutMs * 1000;
    let nextUs = Number.POSITIVE_INFINITY;
    for (const batch of this.inFlight) {
      if (batch.sentUs > limitUs) {
        nextUs = Math.min(nextUs, batch.sentUs + commandTimeoutMs * 1000);
        break;
      }
      this.timeOut(batch.entries);
    }
    if (this.outgoing.length !== 0) {
      this.timeOut(this.outgoing.filter((entry) => entry.queuedUs <= limitUs));
      this.outgoing = this.outgoing.filter((entry) => !entry.settled);
      const oldest = this.outgoing[0];
      if (oldest !== undefined) nextUs = Math.min(nextUs, oldest.queuedUs + commandTimeoutMs * 1000);
    }
    if (this.state === 'ready' && this.inFlight.length > 0) {
      const silentUntilUs = this.lastHeardUs + socketTimeoutMs * 1000;
      if (nowUs >= silentUntilUs) {
        this.lost(`Socket timeout. Expecting data, but didn't receive any in ${socketTimeoutMs}ms.`);
        return;
      }
      nextUs = Math.min(nextUs, silentUntilUs);
    }
    if (Number.isFinite(nextUs)) this.watch = this.host.after(Math.max(1, nextUs - nowUs), this.watchDue);
  };

  private timeOut(entries: readonly Entry[]): void {
    for (const entry of entries) if (!entry.settled) this.settle(entry, new Error('Command timed out'), undefined);
  }

  private cancelTimers(): void {
    if (this.watch !== null) this.host.cancelTimer(this.watch);
    if (this.connectTimer !== null) this.host.cancelTimer(this.connectTimer);
    this.watch = null;
    this.connectTimer = null;
  }
}
