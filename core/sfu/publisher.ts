import type { LayerName } from '../media/layers.js';
import { FRAME_MS, OPUS_CLOCK, type RtpFields, sequenceDistance } from '../media/rtp.js';
import { CaptureTimeline } from './capture-timeline.js';
import type { Consumer } from './consumer.js';

export type TrackKind = 'audio' | 'video';

/** Ticks of the RTP clock in a second (RFC 7587; RFC 3551 for video). */
export const CLOCK_RATE: Readonly<Record<TrackKind, number>> = { audio: OPUS_CLOCK, video: 90_000 };

/** One encoding of a track, as its publisher announces it. */
export interface Encoding {
  readonly layer: LayerName;
  /** null: it is not known before its first packet, which names its layer (`rid`, RFC 8852). */
  readonly ssrc: number | null;
}

/** What arrives of one encoding. */
export class PublishedLayer {
  /** Packets have come while the other layers had theirs. */
  live = true;
  /** {@link Publisher.frame} of the last packet. */
  frame = 0;
  /** Packets in a row since the layer was lost. */
  streak = 0;
  /** Highest sequence number; -1 before the first packet. */
  highest = -1;

  constructor(
    readonly publisher: Publisher,
    readonly name: LayerName,
    public ssrc: number | null,
  ) {}
}

/**
 * A layer of which so many frames have not come, while others brought theirs, is not being sent any more, whether its publisher has said so or not; it is
 * back when so many have come in a row. Encoders whose DTX does not agree about what silence is do not make consumers go to and fro.
 */
const LOST_FRAMES = 8;
/** Time constant of {@link Publisher.lossShare}, in packets: with three layers 2 to 3 s of talk. */
const LOSS_PACKETS = 400;
/** A longer gap is no loss: the source has begun anew, or was dead. */
const LOSS_GAP = 50;
/** Time constant of {@link Publisher.activity}, and how often it is looked at. */
const ACTIVITY_MS = 3_000;
const SAMPLE_MS = 500;

/** A track that a member sends: up to three layers of one voice. */
export class Publisher {
  readonly timeline: CaptureTimeline;
  readonly layers: readonly PublishedLayer[];
  /** One for each other member. */
  readonly consumers = new Set<Consumer>();
  /** Those of them that are not paused; null: to be found out. */
  protected audience: readonly Consumer[] | null = null;
  /** Frames that have come in any layer. */
  frame = 0;
  /** Share of packets lost on their way here, averaged over the last few seconds of talk. */
  lossShare = 0;
  protected sampledFrame = 0;
  protected smoothed = 0;
  /** The same as {@link activity}, over the last sample only: half a second or more. */
  lately = 0;

  constructor(
    readonly id: string,
    readonly sessionId: string,
    readonly userId: string,
    readonly kind: TrackKind,
    encodings: readonly Encoding[],
    protected sampledMs: number,
  ) {
    this.timeline = new CaptureTimeline(CLOCK_RATE[kind]);
    this.layers = encodings.map(({ layer, ssrc }) => new PublishedLayer(this, layer, ssrc));
  }

  /** Whether these are the encodings that it sends; an SSRC that is null in them is any. */
  sends(encodings: readonly Encoding[]): boolean {
    const { layers } = this;
    if (encodings.length !== layers.length) return false;
    return encodings.every(({ layer, ssrc }) =>
      layers.some((each) => each.name === layer && (ssrc === null || each.ssrc === ssrc)),
    );
  }

  /** Consumers that are not paused. The array never changes, so that a loop over it may go on while members come and go. */
  listening(): readonly Consumer[] {
    this.audience ??= [...this.consumers].filter((consumer) => !consumer.paused);
    return this.audience;
  }

  /** Consumers have come, gone, or been paused or resumed. */
  audienceChanged(): void {
    this.audience = null;
  }

  /** A packet has come. Returns true when it shows that a layer has stopped, or is back. */
  received(layer: PublishedLayer, packet: RtpFields, atMs: number): boolean {
    this.timeline.arrived(layer.name, packet.timestamp, atMs);
    this.countLoss(layer, packet.sequenceNumber);
    // the second packet of a layer since the last new frame is of the next one
    if (layer.frame === this.frame) this.frame++;
    let changed = false;
    if (!layer.live) {
      layer.streak = this.frame - layer.frame <= 2 ? layer.streak + 1 : 1;
      layer.live = changed = layer.streak >= LOST_FRAMES;
    }
    layer.frame = this.frame;
    const { layers } = this;
    for (let index = 0; index < layers.length; index++) {
      const other = layers[index] as PublishedLayer;
      if (other.live && this.frame - other.frame > LOST_FRAMES) {
        other.live = false;
        other.streak = 0;
        changed = true;
      }
    }
    return changed;
  }

  protected countLoss(layer: PublishedLayer, sequenceNumber: number): void {
    const distance = layer.highest < 0 ? 1 : sequenceDistance(layer.highest, sequenceNumber);
    if (distance <= 0 && distance > -LOSS_GAP) return;
    layer.highest = sequenceNumber;
    const lost = distance > 0 && distance <= LOSS_GAP ? distance - 1 : 0;
    // a mean over lost and arrived packets, each with the same weight
    this.lossShare += (lost - this.lossShare * (lost + 1)) / LOSS_PACKETS;
  }

  /** The publisher says that it has stopped sending a layer (RTCP BYE). Returns false when that is known. */
  stopped(layer: PublishedLayer): boolean {
    layer.streak = 0;
    if (!layer.live) return false;
    layer.live = false;
    return true;
  }

  /** The layers that are sent; all of them when none is. */
  offered(): LayerName[] {
    const live = this.layers.filter((each) => each.live);
    return (live.length > 0 ? live : this.layers).map((each) => each.name);
  }

  /** How much the publisher has talked in the last seconds, 0..1: packets that came, of those of uninterrupted talk. With DTX silence is about 0.05. */
  activity(atMs: number): number {
    const elapsedMs = atMs - this.sampledMs;
    if (elapsedMs >= SAMPLE_MS) {
      const share = Math.min(1, ((this.frame - this.sampledFrame) * FRAME_MS) / elapsedMs);
      this.lately = share;
      this.smoothed += (share - this.smoothed) * (1 - Math.exp(-elapsedMs / ACTIVITY_MS));
      this.sampledMs = atMs;
      this.sampledFrame = this.frame;
    }
    return this.smoothed;
  }
}
