import type { Consumer } from './consumer.js';
import type { PublishedLayer, Publisher } from './publisher.js';
import { VoiceChoice } from './voice-choice.js';
import { VoiceLimit } from './voice-limit.js';

/** What a member's transport says of its downlink. */
export interface DownlinkReport {
  /** The server's clock, in ms. */
  readonly atMs: number;
  /** Estimate of all that can be sent to the member, headers counted, in kbit/s. */
  readonly availableKbps: number;
  /** What the downlink has been found to carry when it was full, headers counted, in kbit/s. Default Infinity: it has not been. */
  readonly capacityKbps?: number;
  /** Share of packets lost since the report before, 0..1. */
  readonly lossShare: number;
}

/** A session in a room. */
export class RouterMember {
  /** Publisher id -> what this member sends. */
  readonly publishers = new Map<string, Publisher>();
  /** Publisher id -> what it receives of it. */
  readonly consumers = new Map<string, Consumer>();
  /** SSRC -> the encoding that this member sends with it. */
  readonly encodings = new Map<number, PublishedLayer>();
  readonly ssrcs = new Set<number>();
  downlink: DownlinkReport | null = null;
  /** How many voices it is sent at once, and which. */
  readonly limit = new VoiceLimit();
  readonly choice = new VoiceChoice<Consumer>();

  constructor(
    readonly sessionId: string,
    readonly userId: string,
    readonly joinedMs: number,
    /** Consumers begin paused, until the member asks for them. */
    readonly asks: boolean,
    /** When something of it arrived last. */
    public heardMs: number = joinedMs,
  ) {}
}
