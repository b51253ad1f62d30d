import { PacketStatus, RecvDelta, RtcpHeader, RunLengthChunk, StatusVectorChunk, TransportWideCC } from 'werift';
import type { TransportFeedback } from '../rtcp.js';
import type { RtcpRecord } from './rtcp-record.js';

type Chunk = RunLengthChunk | StatusVectorChunk;

const LOST = PacketStatus.TypeTCCPacketNotReceived;
const SMALL = PacketStatus.TypeTCCPacketReceivedSmallDelta;
const LARGE = PacketStatus.TypeTCCPacketReceivedLargeDelta;
const RUN_MAX = 0x1fff;
const ONE_BIT_SYMBOLS = 14;
const TWO_BIT_SYMBOLS = 7;
const FIXED_BYTES = 16;
/** werift counts deltas in microseconds. */
const TICK_US = 250;

/** Packets in one feedback that are believed; a few bytes can claim 65 535. */
export const FEEDBACK_PACKETS_MAX = 8_192;

/**
 * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1).
 * @throws RangeError: two arrivals in a row are more than 8.19 s apart; an `ArrivalRecorder` makes two feedbacks of that
 */
export function transportFeedbackBytes(feedback: TransportFeedback): Buffer {
  const statuses: PacketStatus[] = [];
  const recvDeltas: RecvDelta[] = [];
  let before = 0;
  for (const tick of feedback.arrivals) {
    if (tick === null) {
      statuses.push(LOST);
      continue;
    }
    const delta = tick - before;
    before = tick;
    if (delta < -0x8000 || delta > 0x7fff) throw new RangeError(`${delta} ticks between two arrivals do not fit`);
    // werift chooses the kind of a delta only where it is not given, and drops one that does not fit
    const type = delta >= 0 && delta <= 0xff ? SMALL : LARGE;
    statuses.push(type);
    recvDeltas.push(new RecvDelta({ type, delta: delta * TICK_US }));
  }
  const packetChunks = chunksOf(statuses);
  const bytes = FIXED_BYTES + 2 * packetChunks.length + statuses.reduce((sum, status) => sum + deltaBytes(status), 0);
  return new TransportWideCC({
    senderSsrc: feedback.senderSsrc,
    mediaSourceSsrc: feedback.mediaSsrc,
    baseSequenceNumber: feedback.baseSequenceNumber,
    packetStatusCount: statuses.length,
    referenceTime: feedback.referenceTime,
    fbPktCount: feedback.feedbackCount,
    packetChunks,
    recvDeltas,
    // werift pads only where the bit is set, and sets the bit also where nothing is padded
    header: new RtcpHeader({ type: 205, count: TransportWideCC.count, version: 2, padding: bytes % 4 !== 0 }),
  }).serialize();
}

/** @param payload without padding. @returns null: too many packets, a reserved status, or chunks that do not fit the count */
export function readTransportFeedback(payload: Buffer, header: RtcpHeader): RtcpRecord | null {
  if (payload.length < FIXED_BYTES || payload.readUInt16BE(10) > FEEDBACK_PACKETS_MAX) return null;
  const packet = TransportWideCC.deSerialize(payload, header);
  const arrivals: (number | null)[] = [];
  let deltas = 0;
  let tick = 0;
  // packetResults of werift knows only run lengths, counts one too many in each, and rounds to whole milliseconds
  for (const status of packet.packetChunks.flatMap(statusesOf).slice(0, packet.packetStatusCount)) {
    if (status === PacketStatus.TypeTCCPacketReceivedWithoutDelta) return null;
    if (status === LOST) {
      arrivals.push(null);
      continue;
    }
    tick += (packet.recvDeltas[deltas++] as RecvDelta).delta / TICK_US;
    arrivals.push(tick);
  }
  const feedback = {
    senderSsrc: packet.senderSsrc,
    mediaSsrc: packet.mediaSourceSsrc,
    baseSequenceNumber: packet.baseSequenceNumber,
    referenceTime: packet.referenceTime,
    feedbackCount: packet.fbPktCount,
    arrivals,
  };
  return { kind: 'transport-feedback', feedback };
}

/** Each chunk covers as many statuses as it can: a run, 14 without a large delta, or 7 of any kind. */
function chunksOf(statuses: readonly PacketStatus[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let first = 0; first < statuses.length; ) {
    const packetStatus = statuses[first] as PacketStatus;
    let runLength = 1;
    while (runLength < RUN_MAX && statuses[first + runLength] === packetStatus) runLength++;
    const oneBit = statuses.slice(first, first + ONE_BIT_SYMBOLS);
    if (runLength >= ONE_BIT_SYMBOLS || first + runLength === statuses.length) {
      chunks.push(new RunLengthChunk({ packetStatus, runLength }));
      first += runLength;
    } else if (!oneBit.includes(LARGE)) {
      chunks.push(new StatusVectorChunk({ symbolSize: 0, symbolList: oneBit }));
      first += ONE_BIT_SYMBOLS;
    } else {
      chunks.push(new StatusVectorChunk({ symbolSize: 1, symbolList: oneBit.slice(0, TWO_BIT_SYMBOLS) }));
      first += TWO_BIT_SYMBOLS;
    }
  }
  return chunks;
}

function statusesOf(chunk: Chunk): PacketStatus[] {
  return chunk instanceof RunLengthChunk ? new Array(chunk.runLength).fill(chunk.packetStatus) : chunk.symbolList;
}

function deltaBytes(status: PacketStatus): number {
  return status === LARGE ? 2 : status === SMALL ? 1 : 0;
}
