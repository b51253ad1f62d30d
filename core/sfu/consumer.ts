import type { LayerName } from '../media/layers.js';
import type { Forwarder } from './forwarder.js';
import type { LayerSelection } from './layer-selection.js';
import type { Publisher } from './publisher.js';

/** Why a consumer is paused: the listener wants it, the server is under pressure, or the listener's downlink carries others who talk more. */
export type PauseCause = 'listener' | 'server' | 'bandwidth';

/** One publisher's track on its way to one member. */
export class Consumer {
  /** Causes for which nothing is sent. */
  readonly pauses = new Set<PauseCause>();
  /** Layer that the listener was told of last. */
  announced: LayerName | null = null;
  /** The listener has agreed to receive it (offer and answer). */
  negotiated = false;
  /** The listener does not play it yet: it hears the track over another path meanwhile. */
  standby = false;

  constructor(
    readonly id: string,
    /** Of the listener. */
    readonly sessionId: string,
    readonly publisher: Publisher,
    readonly ssrc: number,
    readonly forwarder: Forwarder,
    readonly selection: LayerSelection,
  ) {}

  /** Whether it would be sent if there were room for it. */
  get wanted(): boolean {
    return this.pauses.size === 0 || (this.pauses.size === 1 && this.pauses.has('bandwidth'));
  }

  get paused(): boolean {
    return this.pauses.size > 0;
  }
}
