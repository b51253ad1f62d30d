import type { ReceiverEstimate, ReportBlock, SenderReport, TransportFeedback } from '../rtcp.js';

/** One packet of RTCP in plain fields. */
export type RtcpRecord =
  | { readonly kind: 'sender-report'; readonly report: SenderReport; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'receiver-report'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'description'; readonly ssrc: number; readonly cname: string }
  | { readonly kind: 'remb'; readonly estimate: ReceiverEstimate }
  | { readonly kind: 'transport-feedback'; readonly feedback: TransportFeedback }
  /** BYE: these sources are not sent any more. */
  | { readonly kind: 'goodbye'; readonly ssrcs: readonly number[] }
  | UninterpretedPacket;

/** A well-formed packet of a kind that nobody here uses (APP, NACK, ...). */
export interface UninterpretedPacket {
  readonly kind: 'uninterpreted';
  /** RTCP packet type, e.g. 204 for APP. */
  readonly packetType: number;
  /** Count or format: the five bits beside the version. */
  readonly format: number;
}

/** Largest datagram that is looked at, in bytes: an Ethernet frame, as in libwebrtc (`IP_PACKET_SIZE`). */
export const DATAGRAM_BYTES_MAX = 1_500;
/** Largest datagram of RTCP that is made, in bytes. */
export const RTCP_BYTES_MAX = 1_200;
