import type { Footprint } from '../kernel/index.js';
import type { Command } from './command.js';
import { findCommand, hasArity, unknownCommand } from './command-table.js';
import { type CompiledScript, scriptEngine } from './lua/script-engine.js';
import { FIRST_RANDOM, type ScriptHost } from './lua/script-host.js';
import { ErrorReply, NO_SCRIPT, QUEUED, READ_ONLY, type Reply, StatusReply, wrongArity } from './reply.js';
import { Session } from './session.js';
import { globPattern } from './store/glob.js';
import { Keyspace } from './store/keyspace.js';

/** What `ROLE` and `INFO replication` tell; the host around the data knows. */
export interface ReplicationState {
  readonly role: 'primary' | 'replica';
  /** Bytes would be Redis' unit; ours is commands. */
  readonly offset: number;
  /** Of a replica. */
  readonly primary?: { readonly host: string; readonly linkUp: boolean };
  /** Of a primary. */
  readonly replicas: readonly { readonly host: string; readonly offset: number }[];
}

/** What a {@link DataServer} needs to know of the machine it runs on. */
export interface DataServerOptions {
  /** Wall clock in milliseconds. */
  readonly nowMs: () => number;
  /** Told about every change, in the words that a replica must execute to follow. Not called while null. */
  readonly onEffect?: (args: readonly string[]) => void;
  readonly replication?: () => ReplicationState;
  readonly control?: ServerControl;
}

/** What commands may do to the process around the data. */
export interface ServerControl {
  /** `REPLICAOF`. @param primary name of a host; null for `NO ONE` */
  replicaOf(primary: string | null): void;
  /** `CLIENT KILL TYPE`, all but `except`. @returns how many there were */
  killClients(type: 'normal' | 'pubsub', except: Session): number;
}

const ALONE: ReplicationState = { role: 'primary', offset: 0, replicas: [] };
const NOT_FROM_SCRIPTS = new ErrorReply('ERR This Redis command is not allowed from script');
const SCRIPT_UNKNOWN = new ErrorReply('ERR Unknown Redis command called from script');
const SCRIPT_ARITY = new ErrorReply('ERR Wrong number of args calling Redis command from script');
const statuses = new Map<string, StatusReply>();

/**
 * The data and the commands of one server, without time, connections or threads: a command goes in, its answer comes out. What stands
 * around it (queueing, links, replication, failover) is {@link RedisServer}.
 */
export class DataServer implements ScriptHost {
  /** @internal of `math.random` in scripts */
  random = FIRST_RANDOM;
  readonly keyspace: Keyspace;
  /** Refuses writes of clients. */
  readOnly = false;
  /** Sessions by the channel they have subscribed to. */
  readonly subscribers = new Map<string, Set<Session>>();
  readonly patternSubscribers = new Map<string, Set<Session>>();
  readonly nowMs: () => number;
  onEffect: ((args: readonly string[]) => void) | null;
  private readonly replication: () => ReplicationState;
  /** Absent when there is no process around. */
  readonly control: ServerControl | undefined;
  private readonly scripts = new Map<string, CompiledScript>();
  private readonly scriptSession = new Session(() => {});
  private replacement: readonly string[] | null = null;
  private footprint: Footprint | null = null;
  private fromPrimary = false;

  constructor(options: DataServerOptions) {
    this.nowMs = options.nowMs;
    this.keyspace = new Keyspace(options.nowMs, (key) => this.onEffect?.(['DEL', key]));
    this.onEffect = options.onEffect ?? null;
    this.replication = options.replication ?? (() => ALONE);
    this.control = options.control;
  }

  /** True: every command's keys are recorded. */
  traceFootprints = false;

  /** Keys of the last command, scripts and transactions as a whole; null unless {@link traceFootprints} was on. */
  lastFootprint(): Footprint | null {
    return this.footprint;
  }

  /**
   * Executes a command of a client.
   * @param args its words; none may be missing
   */
  execute(session: Session, args: readonly string[]): Reply {
    const command = findCommand(args[0]!);
    if (command === undefined) return session.refuse(unknownCommand(args));
    if (!hasArity(command, args)) return session.refuse(wrongArity(command.name));
    if (session.special) {
      if (session.subscriptions !== 0 && !allowedWhileSubscribed(command)) {
        return new ErrorReply(
          `ERR Can't execute '${command.name.toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
        );
      }
      if (session.queue !== null && !command.immediate) {
        if (command.write && this.readOnly) return session.refuse(READ_ONLY);
        session.queue.push(args);
        return QUEUED;
      }
    }
    if (!this.traceFootprints) return this.perform(command, session, args);
    this.keyspace.beginFootprint();
    const reply = this.perform(command, session, args);
    this.footprint = this.keyspace.endFootprint();
    return reply;
  }

  /** Executes what a primary has streamed: on replicas too, and without regard to expiry. */
  applyEffect(session: Session, args: readonly string[]): void {
    const mode = this.keyspace.expiryMode;
    this.keyspace.expiryMode = 'ignore';
    this.fromPrimary = true;
    this.execute(session, args);
    this.fromPrimary = false;
    this.keyspace.expiryMode = mode;
  }

  /** Delivers a message to those who are subscribed now. @returns how many there were */
  publish(channel: string, message: string): number {
    let receivers = 0;
    const sessions = this.subscribers.get(channel);
    if (sessions !== undefined) {
      for (const session of sessions) session.push(['message', channel, message]);
      receivers += sessions.size;
    }
    if (this.patternSubscribers.size !== 0) {
      for (const [pattern, listeners] of this.patternSubscribers) {
        if (!globPattern(pattern).test(channel)) continue;
        for (const session of listeners) session.push(['pmessage', pattern, channel, message]);
        receivers += listeners.size;
      }
    }
    return receivers;
  }

  /** For commands: replicas are told `args` instead of the command itself. */
  replicateAs(args: readonly string[]): void {
    this.replacement = args;
  }

  /** For commands: tells replicas something although no key has changed. */
  replicateAlways(args: readonly string[]): void {
    this.onEffect?.(args);
  }

  /** For commands: a status with this text. */
  status(text: string): StatusReply {
    let reply = statuses.get(text);
    if (reply === undefined) {
      reply = new StatusReply(text);
      statuses.set(text, reply);
    }
    return reply;
  }

  replicationState(): ReplicationState {
    return this.replication();
  }

  /** For `EXEC`: runs queued commands one after the other. */
  executeQueued(session: Session, queue: readonly (readonly string[])[]): Reply[] {
    return queue.map((args) => this.perform(findCommand(args[0]!)!, session, args));
  }

  /** `EVAL` and `EVALSHA`. */
  runScript(script: CompiledScript, args: readonly string[]): Reply {
    const keyCount = Number(args[2]);
    return scriptEngine.run(script, args.slice(3, 3 + keyCount), args.slice(3 + keyCount), this);
  }

  loadScript(source: string): CompiledScript | ErrorReply {
    const script = scriptEngine.compile(source);
    if (!(script instanceof ErrorReply)) this.scripts.set(script.digest, script);
    return script;
  }

  findScript(digest: string): CompiledScript {
    const script = this.scripts.get(digest) ?? this.scripts.get(digest.toLowerCase());
    if (script === undefined) throw NO_SCRIPT;
    return script;
  }

  hasScript(digest: string): boolean {
    return this.scripts.has(digest.toLowerCase());
  }

  forgetScripts(): void {
    this.scripts.clear();
  }

  private perform(command: Command, session: Session, args: readonly string[]): Reply {
    try {
      if (!command.write) return command.run(this, args, session);
      if (this.readOnly && !this.fromPrimary) return READ_ONLY;
      const before = this.keyspace.changes;
      this.replacement = null;
      const reply = command.run(this, args, session);
      if (this.onEffect !== null && this.keyspace.changes !== before) this.onEffect(this.replacement ?? args);
      return reply;
    } catch (error) {
      if (error instanceof ErrorReply) return error;
      throw error;
    }
  }

  /** @internal `redis.call` */
  callFromScript(args: readonly string[]): Reply {
    const command = findCommand(args[0]!);
    if (command === undefined) {
      unknownCommand(args);
      return SCRIPT_UNKNOWN;
    }
    if (!hasArity(command, args)) return SCRIPT_ARITY;
    if (!command.scriptable) return NOT_FROM_SCRIPTS;
    return this.perform(command, this.scriptSession, args);
  }
}

function allowedWhileSubscribed(command: Command): boolean {
  return command.name.endsWith('SUBSCRIBE') || command.name === 'PING';
}
