/** One report block: how a receiver gets one stream (RFC 3550, section 6.4.1). */
export interface ReportBlock {
  /** Of the stream reported on. */
  readonly ssrc: number;
  /** Since the report before, in 1/256, 0..255. */
  readonly fractionLost: number;
  /** Since the beginning, signed 24 bits: duplicates make it negative. */
  readonly cumulativeLost: number;
  /** Low 16 bits: highest sequence number received; high 16 bits: how often it has wrapped. */
  readonly highestSequence: number;
  /** In ticks of the RTP clock. */
  readonly jitter: number;
  /** Compact NTP time of the last sender report that arrived (LSR); 0: none has. */
  readonly lastSenderReport: number;
  /** From its arrival to this block, in 1/65 536 s (DLSR); 0: none has arrived. */
  readonly delaySinceLastSenderReport: number;
}

/** Sender information of one stream (RFC 3550, section 6.4.1). */
export interface SenderReport {
  readonly ssrc: number;
  readonly ntpSeconds: number;
  /** In 2^-32 s. */
  readonly ntpFraction: number;
  /** RTP timestamp of the same moment. */
  readonly rtpTimestamp: number;
  /** 32 bits, wraps. */
  readonly packetCount: number;
  /** Bytes of payload; 32 bits, wraps. */
  readonly octetCount: number;
}

/** The receiver's own estimate of what it can be sent (draft-alvestrand-rmcat-remb-03). */
export interface ReceiverEstimate {
  readonly senderSsrc: number;
  readonly bitsPerSecond: number;
  /** Streams it is for, 255 at most. */
  readonly ssrcs: readonly number[];
}

/** Unit of the arrival times of a {@link TransportFeedback}, in ms. */
export const FEEDBACK_TICK_MS = 0.25;
/** Unit of its reference time, in ticks: 64 ms. */
export const REFERENCE_TICKS = 256;

/** Which packets of a transport arrived, and when (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1). */
export interface TransportFeedback {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Transport-wide sequence number of the first packet in `arrivals`; 16 bits. */
  readonly baseSequenceNumber: number;
  /** In 64 ms by the receiver's clock; 24 bits, wraps every 12.4 days. */
  readonly referenceTime: number;
  /** Counts the feedbacks of the transport; 8 bits, wraps. */
  readonly feedbackCount: number;
  /** For each packet, in order: ticks of 0.25 ms since the reference time, or null if it has not arrived. 65 535 at most. */
  readonly arrivals: readonly (number | null)[];
}
