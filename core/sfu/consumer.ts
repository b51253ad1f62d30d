import type { LayerName } from '../media/layers.js';
import type { Forwarder } from './forwarder.js';
import type { LayerSelection } from './layer-selection.js';
import type { Publisher } from './publisher.js';

/** Who has paused a consumer: the listener, or the server under pressure. */
export type PauseCause = 'listener' | 'server';

/** One publisher's track on its way to one member. */
export class Consumer {
  /** Causes for which nothing is sent. */
  readonly pauses = new Set<PauseCause>();
  /** Layer that the listener was told of last. */
  announced: LayerName | null = null;
  /** The listener has agreed to receive it (offer and answer). */
  negotiated = false;

  constructor(
    readonly id: string,
    /** Of the listener. */
    readonly sessionId: string,
    readonly publisher: Publisher,
    readonly ssrc: number,
    readonly forwarder: Forwarder,
    readonly selection: LayerSelection,
  ) {}

  get paused(): boolean {
    return this.pauses.size > 0;
  }
}
