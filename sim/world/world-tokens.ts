import type { TokenOptions } from '../../core/backend/voice-backend-options.js';
import type { TokenClaims, TokenPolicy } from '../../core/token/token-claims.js';
import { TokenSigner } from '../../core/token/token-signer.js';

/** Key and secret of every simulated deployment. */
const API_KEY = 'deadair';
const SECRET = 'a simulated secret that everybody knows';

/** Signs like any other, and tells the world of each token of a user that came into being. */
class WatchedSigner extends TokenSigner {
  constructor(
    leewayMs: number,
    private readonly onIssued: (claims: Omit<TokenClaims, 'iss'>, token: string) => void,
  ) {
    super(API_KEY, SECRET, leewayMs);
  }

  override write(claims: Omit<TokenClaims, 'iss'>): string {
    const token = super.write(claims);
    this.onIssued(claims, token);
    return token;
  }
}

/** `static-auth-secret` of the TURN servers of every simulated deployment. */
export const TURN_SECRET = 'a simulated secret of relays';

/** Tokens of a world, as backends and nodes use them. */
export function worldTokens(
  policy: TokenPolicy,
  onIssued: (claims: Omit<TokenClaims, 'iss'>, token: string) => void,
): TokenOptions {
  return { policy, signer: new WatchedSigner(policy.leewayMs, onIssued) };
}
