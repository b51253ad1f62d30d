import type { CallController } from '../../core/client/call-controller.js';
import type { ClientPolicy } from '../../core/client/client-policy.js';
import type { TurnPass } from '../../core/client/turn-pass.js';
import type { DeviceOptions } from '../../core/media/device-conditions.js';
import type { HeardReport } from '../../core/protocol.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import type { Balancer } from './balancer.js';
import type { ControllerClass } from './client-controller.js';
import type { ClientOptions } from './client-options.js';
import type { MediaFabric } from './media-fabric.js';
import type { Observer } from './observer.js';
import type { Presence } from './presence.js';
import type { TurnWallet } from './turn-wallet.js';

/** What the audio of a client knows of how well others are heard. */
export interface ListeningReports {
  /** Since the last report of the session; null when there is nothing to say. */
  report(userId: string, sessionId: string, others: number): HeardReport | null;
}

/** What all clients of a world share. */
export interface ClientWorld {
  readonly sim: Simulation;
  readonly network: Network;
  readonly balancer: Balancer;
  readonly fabric: MediaFabric;
  readonly observer: Observer;
  /** Who is in a channel or waits for one; left out: nobody wants to know. */
  readonly presence?: Presence;
  readonly options: ClientOptions;
  readonly policy: Partial<ClientPolicy>;
  /** How devices bear on the voice. */
  readonly device: Partial<DeviceOptions>;
  /** `(options) => new ModeController(options)`, or a hazard. */
  readonly Controller: ControllerClass;
  /** Where devices keep their TURN credentials; left out: none are needed. */
  readonly turnWallet?: TurnWallet;
  /** How tabs renew them. */
  readonly TurnPass?: typeof TurnPass;
  /** How people hear each other, for their heartbeats; left out: these say nothing of it. */
  readonly listening?: ListeningReports;
  /** How tabs take part in calls; left out: they do not. */
  readonly Calls?: typeof CallController;
}
