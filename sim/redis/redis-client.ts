import type { RedisArgument, RedisClient, RedisCommand } from '../../core/ports.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import { ClientLink, type LinkListener, type ReplySink } from './client-link.js';
import type { ResolvedClientOptions } from './client-options.js';
import type { Demand } from './demand.js';
import type { Locator } from './locator.js';

type PipelineResult = [error: Error | null, result: unknown][];

/** The words of a command as they go over the wire. ioredis' pipelines name the method first: `['call', 'GET', key]`. */
function words(command: readonly RedisArgument[]): string[] {
  const first = command[0] === 'call' ? 1 : 0;
  const all: string[] = [];
  for (let i = first; i < command.length; i++) {
    const word = command[i]!;
    all.push(typeof word === 'string' ? word : String(word));
  }
  return all;
}

class Call implements ReplySink {
  constructor(
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  settle(error: Error | null, value: unknown): void {
    if (error === null) this.resolve(value);
    else this.reject(error);
  }
}

class PipelineCall implements ReplySink {
  private readonly results: PipelineResult;
  private missing: number;

  constructor(
    size: number,
    private readonly resolve: (results: PipelineResult) => void,
  ) {
    this.results = new Array(size);
    this.missing = size;
  }

  settle(error: Error | null, value: unknown, index: number): void {
    this.results[index] = [error, value];
    this.missing--;
    if (this.missing === 0) this.resolve(this.results);
  }
}

/** The client that a backend holds; see {@link RedisClientOptions} for how it behaves. Lives and dies with the process that made it. */
export class SimulatedRedisClient implements RedisClient, LinkListener {
  private readonly link: ClientLink;

  /** @param demand is told when somebody waits for the store */
  constructor(
    private readonly sim: Simulation,
    net: Network,
    host: Host,
    locator: Locator,
    options: ResolvedClientOptions,
    private readonly demand?: Demand,
  ) {
    this.link = new ClientLink(sim, net, host, locator, options, this);
  }

  /** True while commands go straight to a server. */
  get ready(): boolean {
    return this.link.ready;
  }

  /** The server it is connected to. */
  get server(): Host | null {
    return this.link.server;
  }

  call(...command: [name: string, ...args: RedisArgument[]]): Promise<unknown> {
    this.demand?.wanted(this.sim.nowUs);
    return new Promise((resolve, reject) => {
      this.link.submit(words(command), new Call(resolve, reject), 0);
    });
  }

  pipeline(commands: RedisCommand[]): { exec(): Promise<PipelineResult> } {
    return {
      exec: () => {
        if (commands.length === 0) return Promise.resolve([]);
        this.demand?.wanted(this.sim.nowUs);
        return new Promise((resolve) => {
          const sink = new PipelineCall(commands.length, resolve);
          for (let i = 0; i < commands.length; i++) this.link.submit(words(commands[i]!), sink, i);
        });
      },
    };
  }

  /** Closes the connection for good. */
  disconnect(): void {
    this.link.end();
  }

  onReady(): void {}

  onLost(): void {}

  onPush(): void {}
}
