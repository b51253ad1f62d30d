import { PairBit } from '../pair-bits.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowSeat } from './flow-seat.js';
import { COMFORT_EVERY, type FlowParts } from './options.js';
import { type ReportContents, reportBytes } from './rtcp-bytes.js';

/** What RTCP takes of access links: the reports of a seat's transports, and those that it gets. */
export class RtcpLoad {
  private readonly everyMs: number;
  private readonly everyFrames: number;
  /** Packets of one silent stream in an interval that feedback tells of; null: there is none. */
  private readonly comfort: number | null;
  private readonly told: boolean;

  constructor({ options }: Pick<FlowParts, 'options'>) {
    const { reportEveryMs, codec, talk } = options;
    this.everyMs = reportEveryMs;
    this.everyFrames = (reportEveryMs * 1000) / FRAME_US;
    this.told = codec.extensions;
    this.comfort = codec.extensions ? this.everyFrames / (talk.dtx ? COMFORT_EVERY : 1) : null;
  }

  /** Notes what is sent and received in an interval without speech. To be called whenever paths or encodings change. */
  look(seat: FlowSeat, seats: readonly (FlowSeat | null)[]): void {
    const { transport } = seat;
    const everyMs = seat.allowance.reportEveryMs || this.everyMs;
    let [upBytes, downBytes, transports, voices] = [0, 0, 0, 0];
    for (const other of seats) {
      if (other === null || other === seat) continue;
      const hears = seat.bits[other.index] as number;
      const isHeard = other.bits[seat.index] as number;
      if ((hears & PairBit.sfu) !== 0) voices++;
      if (((hears | isHeard) & PairBit.p2p) === 0) continue;
      const blocks = (hears & PairBit.p2p) !== 0 && other.allowance.publish ? 1 : 0;
      const senders = (isHeard & PairBit.p2p) !== 0 && seat.allowance.publish ? 1 : 0;
      transports++;
      upBytes += this.bytes(senders, blocks, seat.member.userId, everyMs);
      const theirs = other.allowance.reportEveryMs || this.everyMs;
      downBytes += this.bytes(blocks, senders, other.member.userId, theirs);
    }
    if (transport !== null) {
      const { length } = transport.encodings;
      transports++;
      upBytes += this.bytes(length, voices, seat.member.userId, everyMs);
      downBytes += this.bytes(voices, length, transport.node.id, this.everyMs);
    }
    seat.rtcpUp = Math.round(upBytes);
    seat.rtcpDown = Math.round(downBytes);
    seat.transports = transports;
  }

  /**
   * Bytes that a seat sends as reports in the time of some frames.
   * @param speech packets with speech that it has got
   */
  up(seat: FlowSeat, frames: number, speech: number): number {
    return this.share(seat.rtcpUp, frames) + (this.told && seat.voicesIn > 0 ? speech : 0);
  }

  /** Bytes of the reports that it gets. */
  down(seat: FlowSeat, frames: number): number {
    const bytes = this.share(seat.rtcpDown, frames);
    if (seat.spokenCount === 0 || !this.told) return bytes;
    return bytes + seat.sentCount * (seat.copiesOut + (seat.transport?.encodings.length ?? 0));
  }

  /** Reports that a seat sends, and gets, in the time of some frames, on average. */
  packets({ transports }: FlowSeat, frames: number): number {
    return transports * (frames / this.everyFrames);
  }

  private share(bytes: number, frames: number): number {
    return frames === this.everyFrames ? bytes : Math.round((bytes * frames) / this.everyFrames);
  }

  private bytes(senders: number, blocks: number, cname: string, everyMs: number): number {
    const contents: ReportContents = {
      senders,
      blocks,
      cnameLength: cname.length,
      comfort: this.comfort === null ? null : this.comfort * blocks,
    };
    return (reportBytes(contents, this.everyMs) * this.everyMs) / everyMs;
  }
}
