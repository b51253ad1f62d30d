import { DelayHistogram } from '../packet/delay-histogram.js';
import { FRAME_US } from '../talk/index.js';
import { isRepairedLater } from './fec.js';
import { addFrames, type FrameMask, hasFrame } from './frame-mask.js';
import type { Outcome } from './outcome.js';
import type { Track } from './track.js';

const START_DELAY_US = 80_000;
/** The largest delay of so long is a sample. */
const RESAMPLE_US = 500_000;
export const FRAMES_PER_SAMPLE = RESAMPLE_US / FRAME_US;
const WINDOW_US = 1_000_000;
/** 3 s of packets: longer than the windows in which the fastest one counts. */
const FORGOTTEN_FRAMES = 150;
/** 2 s of packets. */
const RESET_AFTER_FRAMES = 100;
/** After so many samples each new one weighs the same. */
const SAMPLES_MAX = 200;
const STRETCH_US = 2_000;
const FAST_STRETCH_US = 8_000;
/** Target of a stream without any jitter: one bucket of the histogram. */
export const LEAST_TARGET_US = DelayHistogram.bucketMs * 1000;

/** Delays that differ by less are the same to a buffer whose buckets are 20 ms wide. */
export const SAME_US = 1_000;

/**
 * When each frame of one stream is played: the rules of the `JitterBuffer` of the packet fidelity (after NetEq: target is the 95 % quantile of the
 * largest relative delay of each 500 ms; a dry buffer waits; in a silence it goes to where it wants to be), on arrival times instead of packets. Only
 * for streams whose packets differ in delay; of others it is known what comes of it ({@link isSettled}).
 */
export class FlowPlayout {
  /** RFC 3550, section 6.4.1, in microseconds. */
  jitterUs = 0;
  private offsetUs = 0;
  /** Number of the frame after the last one that was played; -1 before the first. */
  private next = -1;
  /** End of the last interval played. */
  private playedUntil = 0;
  /** Packets lost since the last one received. */
  private lost = 0;
  private lastTransitUs = Number.NaN;
  private targetUs = START_DELAY_US;
  private intervalStartUs = 0;
  private intervalMaxUs = 0;
  private windowStartUs = 0;
  private fastestUs = Number.POSITIVE_INFINITY;
  private fastestBeforeUs = Number.POSITIVE_INFINITY;
  private histogram: DelayHistogram | null = null;
  /** Delays learned: one each 500 ms. Without a histogram all of them were below one bucket. */
  samples = 0;
  /** Packets since the begin, and those since the last one whose delay differed from that of the one before it. */
  private learned = 0;
  private constantFrames = 0;

  /** As after {@link samples} half seconds of a stream whose packets all took `transitUs`; the last one was that of frame `frame`. */
  static settled(transitUs: number, frame: number, playoutUs: number, samples: number): FlowPlayout {
    const playout = new FlowPlayout();
    const lastUs = frame * FRAME_US + transitUs;
    playout.offsetUs = transitUs + playoutUs;
    playout.next = playout.playedUntil = frame + 1;
    playout.intervalStartUs = playout.windowStartUs = lastUs;
    playout.lastTransitUs = playout.fastestUs = playout.fastestBeforeUs = transitUs;
    playout.targetUs = LEAST_TARGET_US;
    playout.samples = samples;
    playout.learned = playout.constantFrames = FORGOTTEN_FRAMES;
    return playout;
  }

  /** Delay that the buffer adds to the fastest packet, in microseconds. */
  get delayUs(): number {
    return this.offsetUs - this.undelayedUs();
  }

  /** If all goes on like this, nothing changes any more: packets have taken equally long for as long as anybody remembers. */
  get isSettled(): boolean {
    const constant = this.constantFrames >= FORGOTTEN_FRAMES || this.constantFrames === this.learned;
    return constant && this.targetUs === LEAST_TARGET_US && this.delayUs <= 2 * LEAST_TARGET_US;
  }

  /**
   * Nothing was said up to a frame. From comfort noise since then the buffer has learned that there was no queue.
   * @param since frame until which there was one, whoever filled it
   */
  rest(since: number, startFrame: number): void {
    if (this.next < 0) return;
    const frames = startFrame - Math.max(since, this.playedUntil);
    const samples = Math.min(SAMPLES_MAX, Math.floor(frames / FRAMES_PER_SAMPLE));
    for (let i = 0; i < samples; i++) this.resample(0);
  }

  /**
   * Plays one interval.
   * @param startFrame a packet leaves the sender at the begin of the frame of its number
   * @param sent frames with a packet, `spoken` those with speech
   * @param fec each packet repairs the frame before it
   * @param out must have been begun
   */
  play(
    sent: FrameMask,
    spoken: FrameMask,
    track: Track,
    startFrame: number,
    frames: number,
    fec: boolean,
    out: Outcome,
  ): void {
    const { concealed } = out;
    const playsUs = out.time();
    this.playedUntil = startFrame + frames;
    for (let i = 0; i < frames; i++) {
      if (!hasFrame(sent, i)) continue;
      if (hasFrame(track.lost, i)) {
        this.lost++;
        if (hasFrame(spoken, i)) addFrames(concealed, i, i + 1);
        continue;
      }
      const frame = startFrame + i;
      const arrivalUs = track.timed ? (track.timesUs[i] as number) : frame * FRAME_US + track.delayUs;
      if (this.next < 0 || this.lost >= RESET_AFTER_FRAMES) this.reset(arrivalUs, frame);
      const overtaken = isOvertaken(sent, track, i, frames);
      if (!overtaken) this.learn(arrivalUs, frame);
      this.skipSilence(arrivalUs, frame);
      const lateUs = arrivalUs - frame * FRAME_US - this.offsetUs;
      const isSpoken = hasFrame(spoken, i);
      if (lateUs > 0 && overtaken) {
        this.lost++;
        if (isSpoken) addFrames(concealed, i, i + 1);
        continue;
      }
      if (lateUs > 0) {
        if (lateUs > out.stalledUs) out.stalledUs = lateUs;
        this.offsetUs += lateUs;
      } else if (fec && i > 0 && hasFrame(concealed, i - 1) && (this.lost === 1 || lateUs <= -FRAME_US)) {
        // the repair of a single frame may come a moment after that was due: the buffer waits for it
        this.offsetUs += Math.max(0, lateUs + FRAME_US);
        this.repair(startFrame, i - 1, out);
      }
      this.lost = 0;
      this.next = frame + 1;
      if (isSpoken) {
        playsUs[i] = frame * FRAME_US + this.offsetUs;
        out.count++;
        out.delayUs += this.offsetUs;
        out.received++;
        out.networkUs += arrivalUs - frame * FRAME_US;
      }
      this.stretch();
    }
    if (fec && isRepairedLater(spoken, concealed, frames)) this.repair(startFrame, frames - 1, out);
  }

  private repair(startFrame: number, frame: number, out: Outcome): void {
    out.concealed[frame >> 5]! &= ~(1 << (frame & 31));
    out.time()[frame] = (startFrame + frame) * FRAME_US + this.offsetUs;
    out.count++;
    out.delayUs += this.offsetUs;
  }

  /** Nothing was sent before this frame for a while: the time to be where we want to be. */
  private skipSilence(arrivalUs: number, frame: number): void {
    if (frame - this.lost <= this.next) return;
    const earliestUs = this.lost === 0 ? arrivalUs - frame * FRAME_US : Number.NEGATIVE_INFINITY;
    this.offsetUs = Math.max(this.undelayedUs() + this.targetUs, earliestUs);
  }

  private stretch(): void {
    const { delayUs } = this;
    const excessUs = delayUs - this.targetUs;
    if (excessUs > FRAME_US) this.offsetUs -= excessUs >= 3 * this.targetUs ? FAST_STRETCH_US : STRETCH_US;
    else if (delayUs < 0.75 * this.targetUs) this.offsetUs += STRETCH_US;
  }

  private learn(arrivalUs: number, frame: number): void {
    const transitUs = arrivalUs - frame * FRAME_US;
    const differenceUs = Math.abs(transitUs - this.lastTransitUs);
    this.learned++;
    if (differenceUs >= SAME_US) this.constantFrames = 0;
    else this.constantFrames++;
    if (differenceUs >= 0) this.jitterUs += (differenceUs - this.jitterUs) / 16;
    this.lastTransitUs = transitUs;
    if (arrivalUs - this.windowStartUs >= WINDOW_US) {
      this.fastestBeforeUs = this.fastestUs;
      this.fastestUs = transitUs;
      this.windowStartUs = arrivalUs;
    } else if (transitUs < this.fastestUs) this.fastestUs = transitUs;
    this.intervalMaxUs = Math.max(this.intervalMaxUs, transitUs - this.undelayedUs());
    if (arrivalUs - this.intervalStartUs < RESAMPLE_US) return;
    this.resample(this.intervalMaxUs / 1000);
    this.intervalStartUs = arrivalUs;
    this.intervalMaxUs = 0;
  }

  private resample(relativeMs: number): void {
    if (this.histogram === null) {
      if (relativeMs < DelayHistogram.bucketMs) {
        this.samples++;
        this.targetUs = LEAST_TARGET_US;
        return;
      }
      this.histogram = new DelayHistogram();
      for (let left = Math.min(this.samples, SAMPLES_MAX); left > 0; left--) this.histogram.add(0);
    }
    this.histogram.add(relativeMs);
    this.targetUs = this.histogram.quantileMs()! * 1000;
  }

  private undelayedUs(): number {
    return Math.min(this.fastestUs, this.fastestBeforeUs);
  }

  private reset(arrivalUs: number, frame: number): void {
    this.histogram = null;
    this.samples = 0;
    this.targetUs = START_DELAY_US;
    this.intervalStartUs = this.windowStartUs = arrivalUs;
    this.intervalMaxUs = 0;
    this.fastestUs = this.fastestBeforeUs = Number.POSITIVE_INFINITY;
    this.lastTransitUs = Number.NaN;
    this.learned = this.constantFrames = 0;
    this.offsetUs = arrivalUs + START_DELAY_US - frame * FRAME_US;
    this.next = frame;
    this.lost = 0;
  }
}

/** The packet after it has come before it. */
function isOvertaken(sent: FrameMask, { timed, timesUs, lost }: Track, frame: number, frames: number): boolean {
  const next = frame + 1;
  return (
    timed &&
    next < frames &&
    hasFrame(sent, next) &&
    !hasFrame(lost, next) &&
    (timesUs[next] as number) < (timesUs[frame] as number)
  );
}
