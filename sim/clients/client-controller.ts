import type { ClientPolicy } from '../../core/client/client-policy.js';
import type { MembershipState, ModeController } from '../../core/client/mode-controller.js';
import type { ClientPorts, LinkEvents } from '../../core/client/ports.js';
import type { Mode, ServerMessage } from '../../core/protocol.js';
import type { Playback } from '../media/index.js';

/** What a tab needs of the core's {@link ModeController}; a hazard may put something else here. */
export interface ClientController extends LinkEvents {
  readonly state: MembershipState;
  readonly channelId: number | null;
  readonly version: number;
  readonly epoch: number;
  readonly mode: Mode | null;
  readonly roster: ModeController['roster'];
  playedPath(userId: string): Playback;
  join(channelId: number): void;
  leave(): void;
  onOnline(): void;
  onOffline(): void;
  onMessage(message: ServerMessage): void;
  dispose(): void;
}

/** Class of the controller of a session. */
export type ControllerClass = new (options: {
  readonly userId: string;
  readonly sessionId: string;
  readonly ports: ClientPorts;
  readonly policy?: Partial<ClientPolicy>;
}) => ClientController;
