import { FRAME_TICKS, type RtpFields, sequenceDistance, timestampDistance } from '../../../core/media/rtp.js';
import type { DiscontinuityKind } from './voice.js';

/**
 * Looks at a stream as a listener receives it of one talker over one path, and knows what the talker really sent: whatever is
 * forwarded in between, and from whichever layer, must look like one stream (RFC 3550, section 5.1). Packets that come late
 * or twice are not looked at.
 */
export class StreamContinuity {
  private ssrc = -1;
  private sequenceNumber = 0;
  private timestamp = 0;
  /** Of the last packet: the how-manieth that the talker has sent, and the how-manieth frame since it began to speak at all. */
  private ordinal = -1;
  private frame = 0;

  /**
   * A packet has come.
   * @param packet its header, as received
   * @param ordinal the how-manieth packet of the talker it was, however many encodings there are of each
   * @param frame its place in time, in frames of 20 ms; with DTX packets are rarer than frames
   * @returns what is wrong with it; null: it goes on where the last one ended, but for what was lost
   */
  received(packet: RtpFields, ordinal: number, frame: number): DiscontinuityKind | null {
    const first = this.ordinal < 0;
    const passed = ordinal - this.ordinal;
    if (!first && passed <= 0) return null;
    const kind = first ? null : this.compare(packet, passed, frame - this.frame);
    this.ssrc = packet.ssrc;
    this.sequenceNumber = packet.sequenceNumber;
    this.timestamp = packet.timestamp;
    this.ordinal = ordinal;
    this.frame = frame;
    return kind;
  }

  /** The path has been built anew: the next packet begins a stream. */
  reset(): void {
    this.ordinal = -1;
  }

  private compare(packet: RtpFields, passed: number, frames: number): DiscontinuityKind | null {
    if (packet.ssrc !== this.ssrc) return 'ssrc-change';
    const step = sequenceDistance(this.sequenceNumber, packet.sequenceNumber);
    // fewer than were sent is right: what was lost before the forwarder needs no number
    if (step <= 0) return 'sequence-repeat';
    if (step > passed) return 'sequence-jump';
    const ticks = timestampDistance(this.timestamp, packet.timestamp);
    // clocks of encodings may differ by less than a frame
    return Math.abs(ticks - frames * FRAME_TICKS) >= FRAME_TICKS ? 'timestamp-jump' : null;
  }
}
