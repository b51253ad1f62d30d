import type { BandwidthEstimator, LossReport, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import type { SenderReport } from '../../../core/media/rtcp.js';
import type { MediaPacket, MediaPath } from '../../net/index.js';
import { makeEstimator, type PlaneParts } from './plane-parts.js';
import type { SfuRoomMedia } from './sfu-room-media.js';
import { TransportEnd, type TransportUser } from './transport-end.js';

/** A transport that carries several voices: 600 is what mediasoup starts with (`initialAvailableOutgoingBitrate`). */
const LIMITS = { minKbps: 16, maxKbps: 10_000, startKbps: 600 } as const;

/** The node's end of a client's transport: takes in its encodings, estimates its downlink, tells the router. */
export class SfuNodeEnd implements TransportUser {
  readonly end: TransportEnd;
  readonly estimator: BandwidthEstimator;
  private lossShare = 0;
  private reported = false;

  constructor(
    private readonly parts: PlaneParts,
    private readonly room: SfuRoomMedia,
    readonly sessionId: string,
    ssrc: number,
    private readonly path: MediaPath,
  ) {
    this.end = new TransportEnd(parts, room.node, this, ssrc, room.node.id);
    this.estimator = makeEstimator(parts, LIMITS);
  }

  dispatch(packet: MediaPacket): void {
    packet.receiver = this.end.peer;
    this.parts.ears.serve('sfu', packet.bytes);
    this.path.send(packet);
  }

  voiceArrived(packet: MediaPacket): void {
    this.room.take(this, packet);
  }

  lossReported(report: LossReport): void {
    this.lossShare = report.lossShare;
    this.reported = true;
    this.estimator.onLossReport(report);
  }

  feedbackArrived(nowMs: number, packets: readonly PacketFeedback[]): void {
    this.reported = true;
    this.estimator.onTransportFeedback(nowMs, packets);
  }

  estimateArrived(nowMs: number, kbps: number): void {
    this.reported = true;
    this.estimator.onRemb(nowMs, kbps);
  }

  senderReported(report: SenderReport): void {
    this.room.takeReport(this.sessionId, report);
  }

  sourcesEnded(ssrcs: readonly number[]): void {
    this.room.takeGoodbye(this.sessionId, ssrcs);
  }

  rtcpRead(nowMs: number): void {
    this.room.router?.heard(this.sessionId, nowMs);
    if (!this.reported) return;
    this.reported = false;
    const { lossShare } = this;
    const availableKbps = this.estimator.estimateKbps;
    const capacityKbps = this.estimator.capacityKbps ?? Number.POSITIVE_INFINITY;
    this.room.router?.onDownlink(this.sessionId, { atMs: nowMs, availableKbps, capacityKbps, lossShare });
  }
}
