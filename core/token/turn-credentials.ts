import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';

/** Time-limited credentials for a TURN server. */
export interface TurnCredentials {
  /** `expiry:user`, the expiry in seconds since 1970. */
  readonly username: string;
  /** base64(HMAC-SHA1(secret, username)) */
  readonly password: string;
  readonly expiresMs: number;
  readonly urls: readonly string[];
}

const encoder = new TextEncoder();

/**
 * Makes credentials in the form that coturn checks with `use-auth-secret` (draft-uberti-behave-turn-rest-00): the server needs no list of
 * users, only the secret.
 */
export class TurnCredentialDesk {
  /**
   * @param secret `static-auth-secret` of the servers
   * @param urls of the servers, e.g. `turn:turn-1:3478`, nearest first
   */
  constructor(
    protected readonly secret: string,
    protected readonly urls: readonly string[],
    protected readonly lifetimeMs: number,
  ) {}

  issue(userId: string, nowMs: number): TurnCredentials {
    const expiryS = Math.floor((nowMs + this.lifetimeMs) / 1000);
    const username = `${expiryS}:${userId}`;
    return { username, password: turnPassword(this.secret, username), expiresMs: expiryS * 1000, urls: this.urls };
  }
}

/** What the server computes from a username. */
export function turnPassword(secret: string, username: string): string {
  return btoa(String.fromCharCode(...hmac(sha1, encoder.encode(secret), encoder.encode(username))));
}

/** Whether a TURN server takes these credentials at this time. */
export function turnCredentialsHold(secret: string, username: string, password: string, nowMs: number): boolean {
  const expiryS = /^(\d{1,12}):./.exec(username)?.[1];
  if (expiryS === undefined || Number(expiryS) * 1000 < nowMs) return false;
  return sameText(turnPassword(secret, username), password);
}

/** Compares in a time that does not tell where the two differ. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
