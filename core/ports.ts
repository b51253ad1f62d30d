/**
 * The ports through which the voice core meets the world. The core imports nothing else: the simulator hands in
 * simulated ones, a deployment hands in `ioredis`, a WebSocket server and an SFU client.
 */

/** Wall clock of the host that the core runs on, in milliseconds since the Unix epoch. It may be skewed: the core compares it only with itself. */
export interface Clock {
  nowMs(): number;
}

/** A pending timer. Cancelling twice, or after it has fired, does nothing. */
export interface TimerHandle {
  cancel(): void;
}

/** Timers of the host. The core owns none of its own. */
export interface Timers {
  after(delayMs: number, callback: () => void): TimerHandle;
}

/** Randomness of the host. */
export interface Randomness {
  /** A string no other host will ever produce. */
  unique(): string;
  /** Uniform in [0, 1). */
  uniform(): number;
}

export type RedisArgument = string | number;
export type RedisCommand = [name: string, ...args: RedisArgument[]];

/**
 * The subset of an `ioredis` client that the core uses; `new Redis(...)` satisfies it as it is. Replies arrive as RESP2
 * values: string, number, null, arrays of those. Rejects when the connection is lost or the command times out, in
 * which case the command may or may not have been executed. Commands and pipelines are executed in the order in which they were asked for; so
 * `enableAutoPipelining` stays off, as it is by default.
 */
export interface RedisClient {
  call(command: string, ...args: RedisArgument[]): Promise<unknown>;
  /** Each command is `['call', name, ...arguments]`, so that replies have the shape that `call` gives them. */
  pipeline(commands: RedisCommand[]): { exec(): Promise<[error: Error | null, result: unknown][] | null> };
}

/** The subset of an `ioredis` client in subscriber mode. `ready` fires after every (re)connection; messages sent in between are lost. */
export interface RedisSubscriber {
  subscribe(...channels: string[]): Promise<unknown>;
  /** Gives the connection up; with `true`, makes another one, which hears the same channels. */
  disconnect(reconnect: boolean): void;
  on(event: 'message', listener: (channel: string, message: string) => void): unknown;
  on(event: 'ready' | 'end', listener: () => void): unknown;
}

/** What a live SFU node says of itself. */
export interface SfuHealthReport {
  readonly participants: number;
  readonly process: string;
  /** Share of its scarcest resource (CPU, memory, card) that is in use, 0 and up. Absent: it does not know; participants count instead. */
  readonly load?: number;
  /** What it takes: anything (`ok`), people but no rooms (`draining`: it is to be left), nothing and nobody new (`full`). Default `ok`. */
  readonly state?: SfuNodeState;
}

export type SfuNodeState = 'ok' | 'draining' | 'full';

/** A room on one SFU node, owned by one ownership epoch. */
export interface SfuRoom {
  readonly node: string;
  readonly room: string;
  /** Ownership epoch: a node obeys only calls whose epoch is at least the highest it has seen for the room. */
  readonly epoch: number;
}

/**
 * Control plane of the SFU cluster. Every call may take seconds, fail or hang: implementations reject after
 * `timeoutMs`. All calls are idempotent.
 */
export interface SfuControl {
  /** Starts the room, or raises its ownership epoch. Rejects when the node is starting, gone, or takes no more rooms: then with an error whose `code` is `full`. */
  startRoom(room: SfuRoom): Promise<void>;
  /** Stops the room if its epoch is not above `room.epoch`; otherwise does nothing. */
  stopRoom(room: SfuRoom): Promise<void>;
  /** User ids whose transports are connected in both directions. */
  participants(room: SfuRoom): Promise<string[]>;
  /** All rooms a node runs. */
  listRooms(node: string): Promise<SfuRoom[]>;
  /** Resolves with the load of a live node. `process` changes when the node starts anew: then it has lost its rooms. */
  health(node: string): Promise<SfuHealthReport>;
}

/**
 * Sends one message to a client that is connected to this backend. A connection that is gone swallows it. Ids of connections and
 * names of backends contain no `"`, `\`, `#`, `|` or control characters.
 */
export interface ClientGateway {
  send(connectionId: string, message: import('./protocol.js').ServerMessage): void;
  /** Closes the connection from the server side. */
  close(connectionId: string, reason: string): void;
}

/** Where measurements go. Names and labels are those of the catalogue in `metrics.ts`. */
export interface Metrics {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Structured log. `detail` is serialisable. */
export interface Log {
  write(level: 'debug' | 'info' | 'warn' | 'error', message: string, detail?: Readonly<Record<string, unknown>>): void;
}
