import type { Reply } from './reply.js';
import type { Keyspace } from './store/keyspace.js';

/** Services that the hosts of a simulated Redis listen to. */
export const REDIS_SERVICE = 'redis';
export const REPLICATION_SERVICE = 'redis-replication';
export const SENTINEL_SERVICE = 'sentinel';

/** Client to server: commands written in one turn travel as one message. */
export type CommandBatch = readonly (readonly string[])[];

/** Server to client: the answers to one batch, in order. */
export interface Replies {
  readonly replies: readonly Reply[];
}

/** Server to client: a published message. */
export interface Push {
  readonly push: readonly string[];
}

/** Replica to primary: where it stands. */
export interface SyncRequest {
  /** History that it follows; empty when it has none. */
  readonly history: string;
  readonly offset: number;
}

/** Primary to replica: everything, or only what it has missed, or what happens from now on. */
export type ReplicationMessage =
  | { readonly kind: 'full'; readonly history: string; readonly offset: number; readonly snapshot: Keyspace }
  | { readonly kind: 'effects'; readonly history: string; readonly offset: number; readonly effects: CommandBatch };

/** Rough size of a batch on the wire, in bytes. */
export function batchBytes(batch: CommandBatch): number {
  let bytes = 0;
  for (const args of batch) {
    bytes += 16;
    for (const word of args) bytes += word.length + 8;
  }
  return bytes;
}

/** Rough size of an answer on the wire, in bytes. */
export function replyBytes(reply: Reply): number {
  if (typeof reply === 'string') return reply.length + 8;
  if (!Array.isArray(reply)) return 8;
  let bytes = 8;
  for (const item of reply) bytes += replyBytes(item);
  return bytes;
}
