import type { LayerName } from '../../../core/media/layers.js';
import type { Gap } from '../gap-ledger.js';

/** One end of a pair: a session and the device it runs on. A `HearingMember` is one. */
export interface VoiceEnd {
  readonly userId: string;
  readonly sessionId: string;
  readonly host: { readonly id: string };
}

/** Voice that a listener should have heard in an interval in which the talker talked, and what became of it. */
export interface VoiceInterval {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly path: 'p2p' | 'sfu';
  /** Through a TURN relay. Default false. */
  readonly relayed?: boolean;
  /** Frames spoken, 20 ms each. */
  readonly frames: number;
  /** Of these: neither arrived in time nor repaired by FEC. */
  readonly lost: number;
  /** Of these: lost on the way, before FEC. Default `lost`. */
  readonly networkLost?: number;
  /** Of these: not sent to the listener, whose link carries others who talk more. Default 0. */
  readonly leftOut?: number;
  /** BurstR: mean length of a run of lost frames, over that of losses that do not know of each other. */
  readonly burstRatio: number;
  /** One way from the sender's socket to the listener's, in ms. Means nothing when everything was lost. */
  readonly networkDelayMs: number;
  /** From mouth to ear, in ms: capture, encoder, network, jitter buffer, playout. */
  readonly mouthToEarMs: number;
  readonly playoutDelayMs: number;
  /** RFC 3550, section 6.4.1. */
  readonly jitterMs: number;
  /** null: nothing has arrived. */
  readonly layer: LayerName | null;
  /** Of this stream on the listener's link. */
  readonly kbps: number;
}

/**
 * Why nothing was audible. `asleep`: one of the two devices slept or was off. `gesture`: the listener's waited for a touch of its user. `left-out`: the listener's link
 * carries others who talk more, and not this one too.
 */
export type GapCause = 'migration' | 'loss' | 'outage' | 'rebuffer' | 'path' | 'asleep' | 'gesture' | 'left-out';

/** What is wrong with a received stream beyond what the network has lost. */
export type DiscontinuityKind = 'sequence-jump' | 'sequence-repeat' | 'timestamp-jump' | 'ssrc-change';

/** An audible gap, with the devices of both ends. */
export interface VoiceGap extends Gap {
  readonly listenerHost: string;
  readonly talkerHost: string;
}
