/** Claims of an operator's token (A14): LiveKit's `roomAdmin` grant, and nothing that would open a room. */
export interface AdminClaims {
  readonly iss: string;
  /** Who the operator is: for the audit. */
  readonly sub: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  readonly video: { readonly roomAdmin: true };
}

/** Whether verified claims are those of an operator. */
export function isAdminClaims(value: unknown): value is AdminClaims {
  if (typeof value !== 'object' || value === null) return false;
  const claims = value as Partial<Record<keyof AdminClaims, unknown>>;
  const { video } = claims;
  return (
    [claims.iss, claims.sub, claims.jti].every((text) => typeof text === 'string') &&
    [claims.iat, claims.nbf, claims.exp].every((number) => Number.isSafeInteger(number)) &&
    typeof video === 'object' &&
    video !== null &&
    (video as Record<string, unknown>).roomAdmin === true
  );
}
