import type { LayerName } from '../media/layers.js';
import { FRAME_TICKS, type RtpFields, sequenceDistance, timestampDistance } from '../media/rtp.js';
import type { LayerAlignment } from './capture-timeline.js';

/** A packet so far ahead, or so far behind, is of a source that has begun anew (RFC 3550, appendix A.1). */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
/** A new layer that is this many frames behind the old one is waited for; one further behind has another clock. */
const MAX_WAIT_FRAMES = 50;

/** How the outgoing stream of a {@link Forwarder} begins. */
export interface ForwarderOptions {
  /** Of the outgoing stream. */
  readonly ssrc: number;
  /** Number of the first packet, 0..65 535: random (RFC 3550, section 5.1), below 2^15 with SRTP (RFC 3711, section 3.3.1). */
  readonly sequenceNumber: number;
  /** Timestamp of the first packet, random. */
  readonly timestamp: number;
  /** Layer that is wanted at first. */
  readonly layer: LayerName;
  /** Ticks of one frame. Default 960. */
  readonly frameTicks?: number;
}

/**
 * Makes one continuous stream for one consumer out of the layers of one publisher (B7).
 *
 * - One layer at a time. A switch happens at the next packet of the wanted layer: in audio each packet can begin. From then on
 *   what is left of the old layer is dropped, and so is what of the new one lies before the switch.
 * - Over a switch the sequence number goes on by one, the timestamp by the real time that has passed (in whole frames, by the
 *   publisher's {@link LayerAlignment}). The frame that the old layer has brought is not sent again.
 * - Within a layer packets keep their places: what was lost, doubled or reordered on its way here arrives so at the consumer, which can
 *   count it.
 * - A layer whose numbers jump by 3 000 has begun anew, if the next packet says so too: then this is a switch as well.
 */
export class Forwarder {
  /** Layer of the packets sent; null before the first. */
  protected source: LayerName | null = null;
  protected wanted: LayerName;
  /** `shift`, `highest` and `position` hold for `source`. */
  protected joined = false;
  /** Outgoing minus incoming timestamp. */
  protected shift = 0;
  /** Offset of `source` when it was joined. */
  protected sourceOffset = 0;
  /** Incoming number of the newest packet of `source`, and its place in the outgoing stream, not wrapped. */
  protected highest = 0;
  protected position: number;
  /** Places before this one belong to what was sent before the last switch. */
  protected floor: number;
  /** Timestamp of the newest packet sent. */
  protected newest: number;
  /** Number that would confirm a new beginning of `source`; -1: none is suspected. */
  protected suspect = -1;
  protected readonly frameTicks: number;

  constructor(
    protected readonly options: ForwarderOptions,
    protected readonly alignment: LayerAlignment,
  ) {
    this.frameTicks = options.frameTicks ?? FRAME_TICKS;
    this.wanted = options.layer;
    this.position = options.sequenceNumber - 1;
    this.floor = options.sequenceNumber;
    this.newest = (options.timestamp - this.frameTicks) >>> 0;
  }

  /** Layer that is being forwarded; null before the first packet. */
  get layer(): LayerName | null {
    return this.source;
  }

  /** Layer asked for last. */
  get targetLayer(): LayerName {
    return this.wanted;
  }

  /** Asks for a layer. The present one goes on until a packet of that layer comes. */
  target(layer: LayerName): void {
    this.wanted = layer;
  }

  /** The consumer hears nothing for a while: the next packet goes on with the numbers, at the real time. */
  pause(): void {
    this.joined = false;
  }

  /**
   * Takes a packet of a layer; the publisher's alignment has to know of it already. No allocation.
   * @param out filled with what the consumer is to be sent
   * @returns false when this packet is not for the consumer; `out` is then as it was
   */
  forward(layer: LayerName, packet: RtpFields, out: RtpFields): boolean {
    if (layer !== this.source) {
      if (layer !== this.wanted) return false;
      this.take(layer, packet);
    }
    if (!this.joined && !this.join(packet)) return false;
    let distance = sequenceDistance(this.highest, packet.sequenceNumber);
    if (distance >= MAX_DROPOUT || distance <= -MAX_MISORDER) {
      if (!this.restart(layer, packet)) return false;
      distance = sequenceDistance(this.highest, packet.sequenceNumber);
    }
    const position = this.position + distance;
    if (position < this.floor) return false;
    const timestamp = (packet.timestamp + this.shift) >>> 0;
    if (distance > 0) {
      this.highest = packet.sequenceNumber;
      this.position = position;
      this.newest = timestamp;
    }
    out.payloadType = packet.payloadType;
    out.sequenceNumber = position & 0xffff;
    out.timestamp = timestamp;
    out.ssrc = this.options.ssrc;
    out.marker = packet.marker;
    return true;
  }

  /** Leaves the old layer. */
  protected take(layer: LayerName, packet: RtpFields): void {
    const offset = this.alignment.offset(layer);
    if (this.source === null) this.shift = (this.options.timestamp - packet.timestamp) | 0;
    else this.shift = (this.shift + offset - this.alignment.offset(this.source)) | 0;
    this.source = layer;
    this.joined = false;
  }

  /** Finds the place of the first packet of a layer; false when it is of a time that has been sent already. */
  protected join(packet: RtpFields): boolean {
    const lead = timestampDistance(this.newest, packet.timestamp + this.shift);
    let frames = Math.round(lead / this.frameTicks);
    if (frames < -MAX_WAIT_FRAMES) frames = 1;
    if (frames < 0) return false;
    this.shift = (this.shift - lead + frames * this.frameTicks) | 0;
    this.sourceOffset = this.alignment.offset(this.source as LayerName);
    // the same frame that was sent last: its place is taken, and those that follow come after it
    this.highest = frames === 0 ? packet.sequenceNumber : (packet.sequenceNumber - 1) & 0xffff;
    this.floor = this.position + 1;
    this.suspect = -1;
    this.joined = true;
    return true;
  }

  /** A number that does not fit; true when the layer has begun anew with it, and has been joined. */
  protected restart(layer: LayerName, packet: RtpFields): boolean {
    const confirmed = packet.sequenceNumber === this.suspect;
    this.suspect = (packet.sequenceNumber + 1) & 0xffff;
    if (!confirmed) return false;
    this.shift = (this.shift + this.alignment.offset(layer) - this.sourceOffset) | 0;
    this.joined = false;
    return this.join(packet);
  }
}
