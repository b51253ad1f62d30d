import type { LossReport, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';
import type { UplinkController } from '../../../core/media/uplink-controller.js';
import type { MediaPacket } from '../../net/index.js';
import type { TransportUser } from './transport-end.js';

/** A client's end of a transport: what the other end reports of the client's voice steers it; what it says of its own is of no use here. */
export abstract class PublishingEnd implements TransportUser {
  abstract readonly uplink: UplinkController;

  abstract voiceArrived(packet: MediaPacket): void;

  abstract dispatch(packet: MediaPacket): void;

  lossReported(report: LossReport): void {
    this.uplink.onLossReport(report);
  }

  feedbackArrived(nowMs: number, packets: readonly PacketFeedback[]): void {
    this.uplink.onTransportFeedback(nowMs, packets);
  }

  estimateArrived(nowMs: number, kbps: number): void {
    this.uplink.onRemb(nowMs, kbps);
  }

  senderReported(): void {}

  sourcesEnded(): void {}

  rtcpRead(): void {}
}
