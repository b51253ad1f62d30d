import { keys } from '../keys.js';
import type { RedisClient, SfuRoom } from '../ports.js';
import type { TokenClaims } from './token-claims.js';
import type { TokenProblem, TokenSigner } from './token-signer.js';

/** What a token is checked against. */
export interface TokenUse extends SfuRoom {
  readonly userId: string;
}

/** Whether somebody is let in. */
export type Admission =
  | { readonly claims: TokenClaims; readonly problem: null }
  | { readonly claims: null; readonly problem: TokenProblem | 'wrong-room' | 'wrong-user' | 'revoked' };

/** Checks tokens where they are used: on an SFU node. Asks Redis about revocations, and lets nobody in whom it cannot ask about. */
export class TokenGate {
  constructor(
    protected readonly redis: RedisClient,
    protected readonly signer: TokenSigner,
  ) {}

  /** Rejects when Redis cannot be reached. */
  async check(token: string, use: TokenUse, nowMs: number): Promise<Admission> {
    const { claims, problem } = this.signer.read(token, nowMs);
    if (problem !== null) return { claims: null, problem };
    if (claims.sub !== use.userId) return { claims: null, problem: 'wrong-user' };
    if (claims.video.room !== use.room || claims.node !== use.node || claims.epoch !== use.epoch) {
      return { claims: null, problem: 'wrong-room' };
    }
    const revoked = await this.redis.call('GET', keys.tokensRevoked(use.userId));
    if (revoked !== null && claims.stamp <= Number(revoked)) return { claims: null, problem: 'revoked' };
    return { claims, problem: null };
  }
}
