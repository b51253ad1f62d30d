import { turnCredentialsHold } from '../../core/token/turn-credentials.js';
import type { Host } from '../hosts/index.js';

/** What a client shows to a TURN server. */
export interface ShownCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * A TURN server that gives allocations to whoever brings credentials which hold, as coturn does with `use-auth-secret`: the time in the username has not
 * come yet, and the password is base64(HMAC-SHA1(secret, username)) (draft-uberti-behave-turn-rest-00). Checked again whenever an allocation is refreshed.
 */
export class TurnServer {
  /** Allocations given and refreshed, and those that were not. */
  allowed = 0;
  refused = 0;

  constructor(
    readonly host: Host,
    private readonly secret: string,
  ) {}

  /** @param shown null: none */
  admits(shown: ShownCredentials | null): boolean {
    const admitted =
      shown !== null && turnCredentialsHold(this.secret, shown.username, shown.password, this.host.nowMs());
    if (admitted) this.allowed++;
    else this.refused++;
    return admitted;
  }
}
