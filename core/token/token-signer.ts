import { createSigner, createVerifier } from 'fast-jwt';
import type { TokenClaims } from './token-claims.js';

/** Why a token is no good. */
export type TokenProblem =
  | 'malformed'
  | 'bad-signature'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-issuer'
  | 'wrong-claims';

/** The outcome of {@link TokenSigner.read}. */
export type TokenReading =
  | { readonly claims: TokenClaims; readonly problem: null }
  | { readonly claims: null; readonly problem: TokenProblem };

/** Longer texts are no tokens of ours. */
const TOKEN_LENGTH_MAX = 4_096;
/** RFC 7518, section 3.2: a key of the size of the hash or larger. */
const SECRET_BYTES_MIN = 32;

/**
 * Signs and reads tokens: HS256 (RFC 7515, RFC 7518), nothing else, whatever the header of a token says. Synchronous, and the time is
 * handed in.
 */
export class TokenSigner {
  protected readonly sign: (claims: TokenClaims) => string;
  protected readonly verify: (token: string) => unknown;

  /**
   * @param apiKey issuer of the tokens
   * @param secret at least 32 bytes
   * @throws RangeError for a secret that is too short
   */
  constructor(
    protected readonly apiKey: string,
    secret: string,
    protected readonly leewayMs: number,
  ) {
    if (new TextEncoder().encode(secret).length < SECRET_BYTES_MIN) {
      throw new RangeError(`the secret of the API key must have at least ${SECRET_BYTES_MIN} bytes`);
    }
    // the claims bring their `iat`: nobody asks the clock
    this.sign = createSigner({ key: secret, algorithm: 'HS256' }) as (claims: TokenClaims) => string;
    // time and issuer are checked here, with the time that is handed in
    this.verify = createVerifier({
      key: secret,
      algorithms: ['HS256'],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    }) as (token: string) => unknown;
  }

  /** The compact form of a token with these claims. */
  write(claims: Omit<TokenClaims, 'iss'>): string {
    return this.sign({ iss: this.apiKey, ...claims });
  }

  /** Checks signature, issuer, times and shape. Never throws. */
  read(token: string, nowMs: number): TokenReading {
    if (typeof token !== 'string' || token.length > TOKEN_LENGTH_MAX) return bad('malformed');
    let claims: unknown;
    try {
      claims = this.verify(token);
    } catch (error) {
      return bad((error as { code?: unknown }).code === 'FAST_JWT_INVALID_SIGNATURE' ? 'bad-signature' : 'malformed');
    }
    if (!isClaims(claims)) return bad('wrong-claims');
    if (claims.iss !== this.apiKey) return bad('wrong-issuer');
    if (claims.exp * 1000 <= nowMs - this.leewayMs) return bad('expired');
    if (claims.nbf * 1000 > nowMs + this.leewayMs) return bad('not-yet-valid');
    return { claims, problem: null };
  }
}

function bad(problem: TokenProblem): TokenReading {
  return { claims: null, problem };
}

function isClaims(value: unknown): value is TokenClaims {
  if (typeof value !== 'object' || value === null) return false;
  const claims = value as Partial<Record<keyof TokenClaims, unknown>>;
  const { video } = claims;
  if (typeof video !== 'object' || video === null) return false;
  const grant = video as Record<string, unknown>;
  return (
    [claims.iss, claims.sub, claims.jti, claims.name, claims.node, grant.room].every(
      (text) => typeof text === 'string',
    ) &&
    [claims.iat, claims.nbf, claims.exp, claims.epoch, claims.stamp].every((number) => Number.isSafeInteger(number)) &&
    grant.roomJoin === true &&
    typeof grant.canPublish === 'boolean' &&
    typeof grant.canSubscribe === 'boolean'
  );
}
