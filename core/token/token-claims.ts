import type { SfuRoom } from '../ports.js';

/** What a token lets its bearer do in a room: LiveKit's video grant. */
export interface RoomGrant {
  readonly room: string;
  readonly roomJoin: true;
  readonly canPublish: boolean;
  readonly canSubscribe: boolean;
}

/** Claims of an SFU token (A8): those of RFC 7519, LiveKit's `name` and `video`, and ours. Times in whole seconds. */
export interface TokenClaims {
  /** API key. */
  readonly iss: string;
  /** User id. */
  readonly sub: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** Unique id. */
  readonly jti: string;
  readonly name: string;
  readonly video: RoomGrant;
  /** Node and ownership epoch of the room: a token opens one room, not its successor. */
  readonly node: string;
  readonly epoch: number;
  /** Moment of issue by Redis' clock, in ms: what was issued up to a revocation is revoked. */
  readonly stamp: number;
}

/** Whom a token is for, and where it is good. */
export interface TokenRequest {
  readonly userId: string;
  /** Shown to others. */
  readonly name: string;
  readonly room: SfuRoom;
}

/** Numbers of A8. */
export interface TokenPolicy {
  /** Default 300 000 ms. */
  readonly lifetimeMs: number;
  /** Tokens of one user in any `windowMs`. Default 10 in 60 000 ms. */
  readonly perWindow: number;
  readonly windowMs: number;
  /** Clocks of those who check may be off by this. Default 60 000 ms. */
  readonly leewayMs: number;
}

export const defaultTokenPolicy: TokenPolicy = {
  lifetimeMs: 300_000,
  perWindow: 10,
  windowMs: 60_000,
  leewayMs: 60_000,
};
