import { FRAME_TICKS } from '../../../core/media/rtp.js';
import type { SenderStatistics } from '../../../core/media/sender-statistics.js';
import type { ChoiceStream } from '../../kernel/index.js';
import type { MediaPacket } from '../../net/index.js';

/** Payload type of Opus in our offers. */
const OPUS = 111;

/** One RTP stream of a client: one encoding on its way to one receiver. */
export class OutboundStream {
  private sequenceNumber: number;
  private readonly firstTimestamp: number;

  /** @param stream draws where numbers and timestamps begin (RFC 3550, section 5.1) */
  constructor(
    readonly ssrc: number,
    readonly statistics: SenderStatistics,
    stream: ChoiceStream,
  ) {
    this.sequenceNumber = stream.choose(0x8000);
    this.firstTimestamp = stream.choose(0x1_0000_0000);
  }

  /**
   * Writes the header of the next packet.
   * @param dueMs when the frame was complete: what sender reports say of the clock is as exact as that, however late a packet leaves (as in libwebrtc)
   */
  stamp(packet: MediaPacket, frame: number, payloadBytes: number, dueMs: number): void {
    packet.payloadType = OPUS;
    packet.ssrc = this.ssrc;
    packet.sequenceNumber = this.sequenceNumber;
    packet.timestamp = (this.firstTimestamp + frame * FRAME_TICKS) >>> 0;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    this.statistics.onPacket(packet.timestamp, payloadBytes, dueMs);
  }
}
