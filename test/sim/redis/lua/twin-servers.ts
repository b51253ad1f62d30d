import { DataServer, type Reply, Session } from '../../../../sim/redis/index.js';
import { scriptEngine } from '../../../../sim/redis/lua/script-engine.js';

interface Twin {
  readonly server: DataServer;
  readonly session: Session;
  readonly effects: string[][];
}

/** What a command has done, as far as anybody can see. */
export interface Outcome {
  readonly reply: unknown;
  readonly effects: readonly (readonly string[])[];
  readonly footprint: unknown;
  readonly values: unknown;
  readonly expiries: unknown;
  readonly random: bigint;
}

function twin(): Twin {
  const effects: string[][] = [];
  let nowMs = 1_700_000_000_000;
  const server = new DataServer({
    // time passes, and equally for both if they ask equally often
    nowMs: () => ++nowMs,
    onEffect: (args) => effects.push([...args]),
  });
  server.traceFootprints = true;
  return { server, session: new Session(() => {}), effects };
}

/** Two servers that begin alike; on one all scripts are interpreted, on the other those that can be are compiled. */
export class TwinServers {
  private readonly interpreted = twin();
  private readonly compiled = twin();

  /** Executes a command on both. */
  execute(...args: string[]): { readonly interpreted: Outcome; readonly compiled: Outcome } {
    scriptEngine.interpretsAll = true;
    try {
      const interpreted = outcome(this.interpreted, args);
      scriptEngine.interpretsAll = false;
      return { interpreted, compiled: outcome(this.compiled, args) };
    } finally {
      scriptEngine.interpretsAll = false;
    }
  }
}

function outcome({ server, session, effects }: Twin, args: readonly string[]): Outcome {
  effects.length = 0;
  const reply = server.execute(session, args);
  return {
    reply: plain(reply),
    effects: [...effects],
    footprint: server.lastFootprint(),
    values: [...server.keyspace.keys()].map((key) => [key, server.keyspace.find(key)]),
    expiries: [...server.keyspace.keys()].map((key) => [key, server.keyspace.expiryMs(key)]),
    random: server.random,
  };
}

/** Types and signs of zero included. */
function plain(reply: Reply): unknown {
  if (Array.isArray(reply)) return reply.map(plain);
  return reply !== null && typeof reply === 'object' ? { kind: reply.constructor.name, ...reply } : reply;
}
