import type { TurnAccess } from '../../core/client/turn-pass.js';
import type { Host } from '../hosts/index.js';

/** The TURN credentials that each device has been given last. */
export class TurnWallet {
  private readonly held = new Map<string, TurnAccess>();

  keep(device: Host, credentials: TurnAccess): void {
    this.held.set(device.id, credentials);
  }

  /** Null: none yet. */
  of(device: Host): TurnAccess | null {
    return this.held.get(device.id) ?? null;
  }
}
