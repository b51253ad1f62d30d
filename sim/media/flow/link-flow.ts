import { FRAME_MS } from '../../../core/media/rtp.js';
import type { ChoiceStream, Choices } from '../../kernel/index.js';
import { type AccessLink, type LinkConditions, type LinkQueue, QUEUE_FULL } from '../../net/index.js';
import { FRAME_US } from '../talk/index.js';
import { BurstChain, runLength } from './burst-chain.js';
import { addFrames, clearFrames, type FrameMask, frameMask, hasFrame } from './frame-mask.js';
import { ReportQueue } from './report-queue.js';

/** Above this share of its rate a link is served packet by packet; below, a packet waits at most for those of its own frame. */
const LIGHT_LOAD = 0.7;

/** Later than any frame, more than any packet; whole numbers of 31 bits are kept in place. */
const FRAME_MAX = 0x3fff_ffff;
const BYTES_MAX = 0x3fff_ffff;
const UNKNOWN = -1;

/** The same number, kept in place if it is whole. */
function inPlace(us: number): number {
  return us === (us | 0) ? us | 0 : us;
}

/** A part of an interval in which the conditions of a link are the same: frames [from, until). */
interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly conditions: LinkConditions;
}

/**
 * What one direction of a host's access link does to voice in one interval. {@link begin} an interval, then ask. It has the same parameters
 * and the same queue as the link itself, and draws of its own: how many packets are lost and when costs a few draws an interval
 * and stream; only where delays vary or the link is nearly full is each packet looked at.
 *
 * Neglected: signalling on the same link, packets that arrive twice, and that streams of one link are lost together, except in bursts.
 */
export class LinkFlow {
  /** All packets have the same delay, in this interval and in every other. */
  steady = true;
  /** A stream may lose packets here. */
  lossy = false;
  /** Up to this frame packets had to wait for longer than a frame. */
  queuedUntil = 0;
  /** Delay, where {@link steady}, in microseconds. */
  delayUs = 0;
  private link: AccessLink | null = null;
  private first!: LinkConditions;
  // what follows from `first`, in whole numbers: fractions would lie elsewhere in memory
  /** Up to this frame the conditions are those of `first`. */
  private holdsUntil = 0;
  private bursts = false;
  private queued = false;
  /** 0: so fast that it does not matter. */
  private rateKbps = 0;
  /** Bytes in the time of a frame up to which the link is not nearly full. */
  private lightBytes = 0;
  /** Its queue has been used, and may not be empty. */
  private busy = false;
  /** Each packet is lost on its own, and the next one is after so many. */
  private single = false;
  private untilLoss = 0;
  /** Only when the conditions change within the interval. */
  private stretches: Stretch[] | null = null;
  private startFrame = 0;
  private frames = 0;
  private stream: ChoiceStream | null = null;
  private chain: BurstChain | null = null;
  private bad: FrameMask | null = null;
  private queue: LinkQueue | null = null;
  private busyUntilUs = 0;
  private offeredUs = Number.NEGATIVE_INFINITY;
  private reports: ReportQueue | null = null;

  /** @param label of its random stream, e.g. `flow/client-7/up` */
  constructor(
    private readonly choices: Choices,
    private readonly label: string,
  ) {}

  /**
   * The next interval.
   * @param link as it is now; another than before starts with an empty queue
   * @param startFrame number of the interval's first frame of 20 ms, counted from time 0
   * @param frames at most this many
   * @param packetsPerFrame packets on this link in the time of one frame, mean over the interval
   */
  begin(link: AccessLink, startFrame: number, frames: number, packetsPerFrame: number): void {
    if (link !== this.link) this.replace(link);
    this.startFrame = startFrame;
    this.frames = frames;
    if (startFrame + frames > this.holdsUntil) this.look(link, startFrame, frames);
    if (this.busy) this.busy = this.busyUntilUs > startFrame * FRAME_US;
    if (this.bursts) this.walkChain(packetsPerFrame);
  }

  /** Share of packets that are lost behind the queue at a time, in the long run. */
  lossShareAt(link: AccessLink, atUs: number): number {
    if (link !== this.link) this.replace(link);
    const frame = Math.floor(atUs / FRAME_US);
    if (frame >= this.holdsUntil) this.look(link, frame, 0);
    return this.first.loss.share;
  }

  /** Time to send a packet where the link is not {@link tight}, in microseconds. */
  serviceUs(bytes: number): number {
    return this.rateKbps === 0 ? 0 : (bytes * 8000) / this.rateKbps;
  }

  /**
   * True when packets must be {@link offer}ed to its queue, one by one.
   * @param bytesPerFrame most that comes in the time of one frame, in bytes
   */
  tight(bytesPerFrame: number): boolean {
    return this.queued && (bytesPerFrame > this.lightBytes || this.busy);
  }

  /**
   * Sends a packet through the queue. Calls come in the order of time; what comes late, from the interval before, counts as coming now.
   * @returns when its last bit has left, in microseconds; -1 when there was no room
   */
  offer(atUs: number, bytes: number): number {
    const link = this.link as AccessLink;
    if (this.queue === null) this.queue = link.emptyQueue() as LinkQueue;
    this.offeredUs = Math.max(this.offeredUs, atUs);
    const exitUs = this.queue.offer(this.offeredUs, bytes, false);
    if (exitUs === QUEUE_FULL) return -1;
    this.busyUntilUs = exitUs;
    this.busy = true;
    if (exitUs - atUs > FRAME_US) this.queuedUntil = Math.ceil(atUs / FRAME_US);
    return exitUs;
  }

  /**
   * Reports that come to the queue in the course of the interval, besides the packets of voice.
   * @param packets mean number of them
   * @param bytes of all of them
   */
  expectReports(packets: number, bytes: number, fromUs: number, untilUs: number): void {
    if (packets === 0) return;
    if (this.reports === null) this.reports = new ReportQueue();
    const stream = this.random();
    this.reports.expect(packets, bytes, fromUs, untilUs, stream);
  }

  /** Offers those of them that come before a time. */
  offerReports(untilUs: number): void {
    const { reports } = this;
    if (reports === null) return;
    for (let atUs = reports.next(untilUs); atUs >= 0; atUs = reports.next(untilUs))
      reports.note(this.offer(atUs, reports.bytes) >= 0);
  }

  /** Share of the reports sent about a time that are lost: in the queue, and behind it. */
  reportLossAt(link: AccessLink, atUs: number): number {
    const behind = link.unreliable ? link.conditionsAt(atUs).loss.share : 0;
    if (this.reports === null || link !== this.link) return behind;
    return 1 - (1 - behind) * (1 - this.reports.lossShareAt(atUs));
  }

  /** Whether the next stream loses nothing. If so, that is settled; if not, it remains to be seen what it loses. */
  spares(): boolean {
    if (!this.lossy) return true;
    if (!this.single || this.untilLoss < this.frames) return false;
    this.untilLoss -= this.frames;
    return true;
  }

  /** Adds the frames of which one stream loses its packet, sent or not. */
  lose(lost: FrameMask): void {
    if (!this.lossy) return;
    if (this.single && this.untilLoss >= this.frames) {
      this.untilLoss -= this.frames;
      return;
    }
    if (this.single) this.loseSingly(this.first.loss.lossRate, 0, this.frames, lost);
    else if (this.stretches === null) this.loseIn(this.first, 0, this.frames, lost);
    else for (const { from, until, conditions } of this.stretches) this.loseIn(conditions, from, until, lost);
  }

  /**
   * Lets the packets of one stream travel: adds delay and jitter of each. Nothing overtakes, but for what is held back.
   * @param sent frames with a packet
   * @param lost of these, those whose packet is lost
   * @param timesUs by frame: when it enters; then when it comes out, in microseconds
   * @param lastUs when the packet before the first of these came out
   * @param packetsPerFrame packets that travel one behind the other in the time of a frame: none overtakes any
   * @returns when the last one has come out
   */
  travel(sent: FrameMask, lost: FrameMask, timesUs: Float64Array, lastUs: number, packetsPerFrame: number): number {
    let last = lastUs;
    for (const { from, until, conditions } of this.parts()) {
      const { delay, reorderRate, reorderDelayUs } = conditions;
      const stream = this.random();
      for (let frame = from; frame < until; frame++) {
        if (!hasFrame(sent, frame) || hasFrame(lost, frame)) continue;
        const enterUs = timesUs[frame] as number;
        const exitUs = enterUs + delay.next(stream);
        if (stream.chance(reorderRate)) {
          timesUs[frame] = exitUs + reorderDelayUs;
          continue;
        }
        last = Math.max(last, exitUs);
        timesUs[frame] = last;
        if (delay.jitterUs === 0) continue;
        for (let other = 1; other < packetsPerFrame; other++) last = Math.max(last, enterUs + delay.next(stream));
      }
    }
    return last;
  }

  private replace(link: AccessLink): void {
    this.link = link;
    this.queue = null;
    this.reports = null;
    this.offeredUs = Number.NEGATIVE_INFINITY;
    this.busy = false;
    this.holdsUntil = 0;
    this.steady = link.constantDelay;
    this.lossy = link.unreliable;
    this.queued = link.queued;
  }

  /** What holds from now on. */
  private look(link: AccessLink, startFrame: number, frames: number): void {
    const startUs = startFrame * FRAME_US;
    this.first = link.conditionsAt(startUs);
    this.holdsUntil = Math.min(FRAME_MAX, Math.ceil(link.conditionsUntilUs(startUs) / FRAME_US));
    this.delayUs = inPlace(this.first.delay.meanUs);
    const changes = this.holdsUntil < startFrame + frames;
    this.stretches = changes ? this.divide(link) : null;
    if (changes) this.holdsUntil = startFrame;
    const parts = this.parts();
    this.bursts = parts.some(({ conditions }) => conditions.loss.burst !== null);
    this.rateKbps = this.first.rateKbps ?? 0;
    const rates = parts.map(({ conditions }) => conditions.rateKbps ?? Number.POSITIVE_INFINITY);
    const lightKbps = link.trace === null ? LIGHT_LOAD * Math.min(...rates) : -1;
    this.lightBytes = Math.min(BYTES_MAX, Math.floor((lightKbps * FRAME_MS) / 8));
    this.single = !changes && !this.bursts && this.first.loss.lossRate > 0;
    this.untilLoss = UNKNOWN;
  }

  private parts(): readonly Stretch[] {
    return this.stretches ?? [{ from: 0, until: this.frames, conditions: this.first }];
  }

  private divide(link: AccessLink): Stretch[] {
    const out: Stretch[] = [];
    for (let from = 0; from < this.frames; ) {
      const atUs = (this.startFrame + from) * FRAME_US;
      const untilFrame = Math.ceil(link.conditionsUntilUs(atUs) / FRAME_US) - this.startFrame;
      const until = Math.min(this.frames, untilFrame);
      out.push({ from, until, conditions: link.conditionsAt(atUs) });
      from = until;
    }
    return out;
  }

  private walkChain(packetsPerFrame: number): void {
    if (this.bad !== null) clearFrames(this.bad);
    for (const { from, until, conditions } of this.parts()) {
      const { burst } = conditions.loss;
      if (burst === null) continue;
      if (this.chain === null) this.chain = new BurstChain();
      if (this.bad === null || this.bad.length * 32 < this.frames) this.bad = frameMask(this.frames);
      this.chain.walk(burst, packetsPerFrame, this.random(), this.startFrame, from, until, this.bad);
    }
  }

  private loseIn({ loss }: LinkConditions, from: number, until: number, lost: FrameMask): void {
    const { burst, lossRate } = loss;
    if (burst === null) {
      this.untilLoss = UNKNOWN;
      if (lossRate > 0) this.loseSingly(lossRate, from, until, lost);
      return;
    }
    this.draw(burst.lossBad, from, until, lost, this.bad as FrameMask, true);
    this.draw(burst.lossGood, from, until, lost, this.bad as FrameMask, false);
  }

  /** Each packet of the link is lost on its own: the next one to be lost is known, whichever stream it belongs to. */
  private loseSingly(lossRate: number, from: number, until: number, lost: FrameMask): void {
    if (this.untilLoss === UNKNOWN) this.untilLoss = Math.min(FRAME_MAX, runLength(this.random(), lossRate) - 1);
    let frame = from + this.untilLoss;
    for (; frame < until; frame += runLength(this.random(), lossRate)) addFrames(lost, frame, frame + 1);
    this.untilLoss = Math.min(FRAME_MAX, frame - until);
  }

  /** Adds each frame of [from, until) with a probability, if it is in a set (`within`) or not in it. */
  private draw(
    probability: number,
    from: number,
    until: number,
    lost: FrameMask,
    set: FrameMask,
    within: boolean,
  ): void {
    if (probability <= 0) return;
    const stream = this.random();
    for (let frame = from - 1 + runLength(stream, probability); frame < until; ) {
      if (hasFrame(set, frame) === within) addFrames(lost, frame, frame + 1);
      frame += runLength(stream, probability);
    }
  }

  private random(): ChoiceStream {
    if (this.stream === null) this.stream = this.choices.stream(this.label);
    return this.stream;
  }
}
