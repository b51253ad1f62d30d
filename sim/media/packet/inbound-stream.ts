import type { AudioPath } from '../../../core/media/audio-pipeline.js';
import { LAYER_NAMES } from '../../../core/media/layers.js';
import type { ReceiverStatistics } from '../../../core/media/receiver-statistics.js';
import type { MediaPacket } from '../../net/index.js';
import { StreamContinuity } from '../ears/index.js';
import { FRAME_US } from '../talk/index.js';
import { FrameFlag, JitterBuffer, type Playout } from './jitter-buffer.js';
import type { PairHearing } from './pair-hearing.js';
import type { PlaneParts } from './plane-parts.js';

/** One stream of voice at a listener: of one talker, over one path. */
export class InboundStream implements Playout {
  readonly buffer: JitterBuffer;
  /** Over a TURN server. */
  relayed = false;
  private readonly continuity = new StreamContinuity();
  private newestOrdinal = -1;

  constructor(
    private readonly parts: PlaneParts,
    readonly path: AudioPath,
    readonly reception: ReceiverStatistics,
    private readonly pair: PairHearing,
  ) {
    this.buffer = new JitterBuffer(this);
  }

  /** A packet of the stream has arrived. */
  receive(packet: MediaPacket): void {
    const { nowUs } = this.parts.sim;
    const { frame, capturedUs, flags, ordinal } = packet;
    const { pair, path } = this;
    if (ordinal > this.newestOrdinal) {
      this.newestOrdinal = ordinal;
      const problem = this.continuity.received(packet, ordinal, frame);
      if (problem !== null) pair.discontinuity(nowUs, problem);
      pair.layerArrived(this, LAYER_NAMES[packet.layer]!);
    }
    if ((flags & FrameFlag.spoken) !== 0)
      pair.frameArrived(path, frame, (nowUs - capturedUs - FRAME_US) / 1000, packet.bytes);
    this.buffer.push(nowUs, packet.sequenceNumber, packet.timestamp, frame, capturedUs, flags);
  }

  played(frame: number, playoutUs: number, capturedUs: number, repaired: boolean): void {
    const { statistics } = this.parts;
    if (repaired) statistics.repaired++;
    else statistics.played++;
    this.pair.framePlayed(this.path, frame, playoutUs, capturedUs);
  }

  concealed(): void {
    this.parts.statistics.concealed++;
  }
}
