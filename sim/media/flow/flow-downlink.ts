import { FRAME_US } from '../talk/index.js';
import { ArrivalOrder } from './arrival-order.js';
import type { Feedback } from './feedback.js';
import type { Arrival } from './flow-scratch.js';
import type { FlowSeat } from './flow-seat.js';
import { countBoth, countFrames, hasFrame } from './frame-mask.js';
import type { Refill } from './refill.js';
import type { ReportDelivery } from './report-delivery.js';

/** In the place of an arrival: comfort noise. */
const SILENCE = -1;

/** What a listener's downlink does to all voices of an interval together, and what their senders are told of it. */
export class FlowDownlink {
  private readonly order = new ArrivalOrder();

  /** @param extensions packets have transport-wide numbers */
  constructor(
    private readonly feedback: Feedback,
    private readonly extensions: boolean,
    private readonly delivery: ReportDelivery,
  ) {}

  /**
   * @param silence bytes of those who are silent, in the time of a frame
   * @param reports mean number of reports to the listener, and bytes of all of them
   */
  receive(
    listener: FlowSeat,
    arrivals: Refill<Arrival>,
    silence: number,
    reports: number,
    reportBytes: number,
    startFrame: number,
    frames: number,
  ): void {
    const { down, downLink, transport } = listener;
    let bytes = silence + reportBytes / frames;
    let packets = 0;
    for (let i = 0; i < arrivals.size; i++) {
      const arrival = arrivals.at(i);
      bytes += arrival.bytes;
      packets += arrival.talker.seat.sentCount;
    }
    down.begin(downLink, startFrame, frames, packets / frames);
    const tight = down.tight(bytes);
    const told =
      this.extensions && transport !== null && (tight || !down.steady || arrivals.size > transport.ampleVoices);
    if (tight || told || !down.steady) for (let i = 0; i < arrivals.size; i++) arrivals.at(i).part();
    if (told) for (let i = 0; i < arrivals.size; i++) arrivals.at(i).entered.copy(arrivals.at(i).track);
    for (let i = 0; i < arrivals.size; i++) arrivals.at(i).stream.queuedUntil = down.queuedUntil;
    if (tight) this.queue(listener, arrivals, silence, reports, reportBytes, startFrame, frames);
    for (let i = 0; i < arrivals.size; i++) {
      const arrival = arrivals.at(i);
      const { track, sent, stream, talker, shared } = arrival;
      if (!tight) arrival.wait(down.serviceUs(arrival.bytes));
      if (shared !== null) {
        if (down.spares()) {
          arrival.wait(down.delayUs);
          listener.downBytes += shared.spokenBytes;
          transport!.countDown(shared.copies, 0);
          transport!.bring(stream, talker.seat.spokenCount);
          continue;
        }
        arrival.part();
      }
      if (down.steady) track.through(down, sent, 0, 1);
      else stream.lastUs = track.through(down, sent, stream.lastUs, 1);
      const arrived = countFrames(sent);
      const lost = countBoth(sent, track.lost);
      const { spokenCount, sentCount } = talker.seat;
      listener.downBytes += Math.round(((arrived - lost) * track.bytes * spokenCount) / sentCount);
      if (stream.path === 'p2p') this.tellPeer(listener, arrival, tight, startFrame, frames);
      else {
        transport!.countDown(arrived, lost);
        transport!.bring(stream, spokenCount);
      }
    }
    if (told) this.tellNode(listener, arrivals, startFrame, frames);
  }

  private queue(
    { down }: FlowSeat,
    arrivals: Refill<Arrival>,
    silence: number,
    reports: number,
    reportBytes: number,
    startFrame: number,
    frames: number,
  ): void {
    const { order } = this;
    order.clear();
    let leastUs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < arrivals.size; i++) {
      const { track, sent, talker } = arrivals.at(i);
      const { phaseUs } = talker.seat;
      track.time();
      for (let frame = 0; frame < frames; frame++) {
        if (!hasFrame(sent, frame)) continue;
        const delayUs = track.timesUs[frame]! - (startFrame + frame) * FRAME_US;
        if (delayUs < leastUs) leastUs = delayUs;
        order.add(track.timesUs[frame]! + phaseUs, i, frame);
      }
    }
    if (silence > 0 && order.size > 0)
      for (let frame = 0; frame < frames; frame++) order.add((startFrame + frame) * FRAME_US + leastUs, SILENCE, frame);
    order.sort();
    if (order.size > 0) {
      const fromUs = startFrame * FRAME_US + leastUs;
      down.expectReports(reports, reportBytes, fromUs, fromUs + frames * FRAME_US);
    }
    for (let place = 0; place < order.size; place++) {
      const arrival = order.sourceAt(place);
      const atUs = order.timeAt(place);
      down.offerReports(atUs);
      if (arrival === SILENCE) down.offer(atUs, silence);
      else arrivals.at(arrival).track.queue(down, order.frameAt(place), atUs);
    }
  }

  private tellPeer(
    listener: FlowSeat,
    { stream, talker, track }: Arrival,
    tight: boolean,
    startFrame: number,
    frames: number,
  ): void {
    const { seat } = talker;
    stream.loss!.add(seat.sentCount, countBoth(seat.sent!, track.lost));
    if (!this.extensions) return;
    const varies = tight || talker.tight || track.timed;
    if (!varies && stream.ample) return;
    if (!this.delivery.toPeer(stream, listener, seat, startFrame * FRAME_US)) return;
    this.feedback.tell(stream.uplink!, startFrame, frames, [{ sent: seat.sent!, entered: null, track }]);
    stream.lookAtUplink();
  }

  private tellNode(listener: FlowSeat, arrivals: Refill<Arrival>, startFrame: number, frames: number): void {
    const { transport } = listener;
    const carried: Arrival[] = [];
    for (let i = 0; i < arrivals.size; i++) if (arrivals.at(i).stream.path === 'sfu') carried.push(arrivals.at(i));
    if (carried.length === 0 || !this.delivery.toNode(transport!, listener, startFrame * FRAME_US)) return;
    this.feedback.tell(transport!.downlink, startFrame, frames, carried);
  }
}
