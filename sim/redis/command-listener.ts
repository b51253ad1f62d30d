import type { Host } from '../hosts/index.js';
import type { Footprint } from '../kernel/index.js';
import type { RedisServer } from './redis-server.js';
import type { Reply } from './reply.js';

/** One command that a server has executed for a client. */
export interface ExecutedCommand {
  readonly server: RedisServer;
  readonly client: Host;
  readonly args: readonly string[];
  /** As inside the server: statuses and errors are objects. */
  readonly reply: Reply;
  readonly footprint: Footprint;
}

/** Called right after the execution, before the answer travels. Must not keep or alter what it is given. */
export type CommandListener = (command: ExecutedCommand) => void;
