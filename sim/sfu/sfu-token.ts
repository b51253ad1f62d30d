/** What a token must be good for. */
export interface SfuTokenClaim {
  readonly node: string;
  readonly room: string;
  readonly epoch: number;
  readonly userId: string;
}

/** Whether a token lets somebody in. */
export type SfuTokenCheck = (token: string, claim: SfuTokenClaim) => boolean;

/** A token without cryptography: `node|room|epoch|user`. */
export function makeSfuToken(claim: SfuTokenClaim): string {
  return `${claim.node}|${claim.room}|${claim.epoch}|${claim.userId}`;
}

/** Accepts any token whose parts, separated by `|`, `/` or `:`, name the node, the room and the user. */
export const checkSfuToken: SfuTokenCheck = (token, claim) => {
  const parts = token.split(/[|/:]/);
  return parts.includes(claim.node) && parts.includes(claim.room) && parts.includes(claim.userId);
};
