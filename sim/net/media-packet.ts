import type { RtpFields } from '../../core/media/rtp.js';
import type { MediaPath } from './media-path.js';

/** Whom packets of media are for. */
export interface MediaReceiver {
  /** A packet has arrived. It belongs to the network again as soon as this returns: copy what is needed. */
  onMedia(packet: MediaPacket): void;
}

/** A packet of media on its way: RTP or RTCP. They are pooled: get one from {@link MediaPackets.take}, fill in every field, send it. */
export class MediaPacket implements RtpFields {
  payloadType = 0;
  sequenceNumber = 0;
  timestamp = 0;
  ssrc = 0;
  marker = false;
  /** Number in the header extension for transport-wide feedback; -1: none. */
  transportSequence = -1;
  /** Size on the wire. */
  bytes = 0;
  payloadBytes = 0;
  /** Number of the frame on the sender's grid of 20 ms; not on the wire. */
  frame = 0;
  /** When the capture of the frame began; not on the wire. */
  capturedUs = 0;
  /** What the payload holds, in bits of the sender's choice; not on the wire. */
  flags = 0;
  /** Index of the encoding in `LAYER_NAMES`; not on the wire. */
  layer = 0;
  /** The how-manieth packet of the talker, however many copies and encodings there are of each; not on the wire. */
  ordinal = 0;
  /** The bytes of an RTCP packet; null: RTP. */
  rtcp: Uint8Array | null = null;
  /** Who gets it. */
  receiver: MediaReceiver | null = null;
  /** When it was handed to the present path, in microseconds. Set by the path. */
  sentUs = 0;
  /** @internal the path it is on */
  path: MediaPath | null = null;
  /** @internal chain of those that are not in use */
  next: MediaPacket | null = null;

  /** Takes over everything but the place in the network. */
  copy(from: MediaPacket): void {
    this.payloadType = from.payloadType;
    this.sequenceNumber = from.sequenceNumber;
    this.timestamp = from.timestamp;
    this.ssrc = from.ssrc;
    this.marker = from.marker;
    this.transportSequence = from.transportSequence;
    this.bytes = from.bytes;
    this.payloadBytes = from.payloadBytes;
    this.frame = from.frame;
    this.capturedUs = from.capturedUs;
    this.flags = from.flags;
    this.layer = from.layer;
    this.ordinal = from.ordinal;
    this.rtcp = from.rtcp;
    this.receiver = from.receiver;
  }
}

/** The pool of packets of one network: as many as were ever on their way at once. */
export class MediaPackets {
  private free: MediaPacket | null = null;

  /** A packet with the fields of an earlier life. */
  take(): MediaPacket {
    const packet = this.free;
    if (packet === null) return new MediaPacket();
    this.free = packet.next;
    packet.next = null;
    return packet;
  }

  /** Gives back a packet that was not sent. */
  give(packet: MediaPacket): void {
    packet.rtcp = null;
    packet.receiver = null;
    packet.path = null;
    packet.next = this.free;
    this.free = packet;
  }
}
