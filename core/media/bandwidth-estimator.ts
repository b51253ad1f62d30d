/** One packet of a transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export interface PacketFeedback {
  /** When it was sent, by the sender's clock, in ms (fractions count). */
  readonly sentMs: number;
  /** When it arrived, by the receiver's clock, in ms; null: it was lost. */
  readonly arrivedMs: number | null;
  readonly bytes: number;
}

/** What a receiver report says about a stream, together with what the sender makes of it. */
export interface LossReport {
  /** The sender's clock, in ms. */
  readonly atMs: number;
  /** Share of packets lost since the report before, 0..1. */
  readonly lossShare: number;
  /** null until the first sender report has come back. */
  readonly rttMs: number | null;
}

/**
 * How much a path may be sent. One of them for each direction of each transport. Times are the caller's clock in ms and
 * must not go back; what goes back is taken as now.
 */
export interface BandwidthEstimator {
  /** Present estimate, within the limits it was made with. */
  readonly estimateKbps: number;
  /** What the link has been found to carry when its queue grew, whatever it loses; Infinity: it has not been found to be full, or nothing is known of queues. Default Infinity. */
  readonly capacityKbps?: number;
  /** A receiver report has come. */
  onLossReport(report: LossReport): void;
  /** A transport-wide feedback has come. */
  onTransportFeedback(atMs: number, packets: readonly PacketFeedback[]): void;
  /** The receiver's own estimate has come (REMB, draft-alvestrand-rmcat-remb-03). */
  onRemb(atMs: number, kbps: number): void;
}
