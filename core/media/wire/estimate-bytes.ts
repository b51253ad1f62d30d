import { ReceiverEstimatedMaxBitrate, RtcpPayloadSpecificFeedback } from 'werift';
import type { ReceiverEstimate } from '../rtcp.js';
import type { RtcpRecord } from './rtcp-record.js';

const MANTISSA_LIMIT = 1 << 18;
const FIXED_BYTES = 16;
const REMB = 0x5245_4d42;

/** REMB (draft-alvestrand-rmcat-remb-03, section 2.2). Its 18 bits of mantissa round the bit rate down. */
export function estimateBytes(estimate: ReceiverEstimate): Buffer {
  let brExp = 0;
  let brMantissa = Math.floor(estimate.bitsPerSecond);
  while (brMantissa >= MANTISSA_LIMIT) {
    brMantissa = Math.floor(brMantissa / 2);
    brExp++;
  }
  const feedback = new ReceiverEstimatedMaxBitrate({
    senderSsrc: estimate.senderSsrc,
    mediaSsrc: 0,
    ssrcNum: estimate.ssrcs.length,
    brExp,
    brMantissa,
    ssrcFeedbacks: [...estimate.ssrcs],
  });
  return new RtcpPayloadSpecificFeedback({ feedback }).serialize();
}

/** Whether application layer feedback is a REMB. */
export function isEstimate(payload: Buffer): boolean {
  return payload.length >= FIXED_BYTES && payload.readUInt32BE(8) === REMB;
}

/** @param payload for which {@link isEstimate} holds. @returns null: it has not the streams it counts */
export function readEstimate(payload: Buffer): RtcpRecord | null {
  if (payload.length % 4 !== 0) return null;
  const { senderSsrc, ssrcNum, bitrate, ssrcFeedbacks } = ReceiverEstimatedMaxBitrate.deSerialize(payload);
  if (ssrcFeedbacks.length !== ssrcNum) return null;
  return { kind: 'remb', estimate: { senderSsrc, bitsPerSecond: Number(bitrate), ssrcs: ssrcFeedbacks } };
}
