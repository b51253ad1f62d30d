import type { Reply } from '../reply.js';

/** The server that a script runs on. */
export interface ScriptHost {
  /** State of its random generator, which scripts share: 48 bits. Begins as {@link FIRST_RANDOM}. */
  random: bigint;
  /** Executes one command for a script. Errors are answers. */
  callFromScript(args: readonly string[]): Reply;
}

/** State of `redisLrand48` when a server starts. */
export const FIRST_RANDOM = 0x1234abcd330en;
