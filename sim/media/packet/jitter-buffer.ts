import { FRAME_TICKS, sequenceDistance, timestampDistance } from '../../../core/media/rtp.js';
import { FRAME_US } from '../talk/index.js';
import { DelayHistogram } from './delay-histogram.js';

/** What a packet carries, for {@link JitterBuffer.push}. */
export const FrameFlag = {
  /** Speech; else comfort noise. */
  spoken: 1,
  /** Opus in-band FEC of the frame before, which was spoken. */
  fec: 2,
  /** First packet of a talk spurt. */
  marker: 4,
} as const;

/** Is told what becomes of frames, in the order of playing. */
export interface Playout {
  /**
   * A spoken frame is played: as it came, or repaired by the FEC of the one after it.
   * @param frame number of the frame, as given to {@link JitterBuffer.push}
   * @param playoutUs when it begins
   */
  played(frame: number, playoutUs: number, capturedUs: number, repaired: boolean): void;
  /** A frame that should have been played at this time was not there: it is concealed. */
  concealed(playoutUs: number): void;
}

const START_DELAY_US = 80_000;
const RESAMPLE_US = 500_000;
/** The fastest packet of the last one to two windows counts as undelayed (NetEq: history of 2 s). */
const WINDOW_US = 1_000_000;
/** Nothing has come for this long: everything learned is forgotten. */
const RESET_AFTER_US = 2_000_000;
/** Time scaling per frame played: NetEq cuts or adds a pitch period at most every 60 ms or so; four times as fast when far too much is buffered. */
const STRETCH_US = 2_000;
const FAST_STRETCH_US = 8_000;
/** Frames that fit, a power of two: 2.56 s. */
const CAPACITY = 128;
const MASK = CAPACITY - 1;
const PRESENT = 64;
const PLAYED = 128;

/**
 * Adaptive playout of one stream, after WebRTC's NetEq. Starts with 80 ms. The target is the 95 % quantile of the largest relative delay of
 * each 500 ms, with forgetting. A buffer that has run dry waits for the next packet and so plays later from then on (expand); it gets back to the target by
 * playing slightly faster (accelerate), or at once in a silence.
 *
 * No event per frame: frames are played when somebody asks, at the latest when the next packet arrives, with the time at which they were due. All
 * times are microseconds of virtual time. Nothing is allocated per packet.
 */
export class JitterBuffer {
  /** Frames played as they came. */
  played = 0;
  /** Frames repaired by FEC. */
  repaired = 0;
  /** Frames that were not there in time, nor repaired. */
  concealed = 0;
  /** Packets that came when their frame had been concealed (or repaired). */
  late = 0;
  duplicates = 0;
  resets = 0;
  /** Time by which a dry buffer has put off playing. */
  expandedUs = 0;

  /** Frames are counted from the first packet on; frame `i` is due at `i * FRAME_US + offsetUs`. */
  private offsetUs = 0;
  private next = 0;
  private newest = 0;
  private newestTimestamp = 0;
  private lastSequence = 0;
  private lastArrivalUs = Number.NEGATIVE_INFINITY;
  private waiting = 0;

  private readonly histogram = new DelayHistogram();
  private targetUs = START_DELAY_US;
  private intervalStartUs = 0;
  private intervalMaxUs = 0;
  private windowStartUs = 0;
  private fastestUs = Number.POSITIVE_INFINITY;
  private fastestBeforeUs = Number.POSITIVE_INFINITY;

  private readonly indices = new Float64Array(CAPACITY);
  private readonly frames = new Float64Array(CAPACITY);
  private readonly arrivals = new Float64Array(CAPACITY);
  private readonly captures = new Float64Array(CAPACITY);
  private readonly sequences = new Uint16Array(CAPACITY);
  private readonly flags = new Uint8Array(CAPACITY);

  constructor(private readonly playout: Playout) {}

  /** Delay that the buffer aims at, in ms. */
  get targetMs(): number {
    return this.targetUs / 1000;
  }

  /** Delay that the buffer adds now to the fastest packet, in ms. 0 before the first packet. */
  get delayMs(): number {
    return this.lastArrivalUs < 0 ? 0 : (this.offsetUs - this.undelayedUs()) / 1000;
  }

  /**
   * A packet has arrived. Calls come in the order of time.
   * @param frame the caller's number of the frame, told to {@link Playout.played}
   * @param capturedUs when the capture of the frame began
   * @param flags {@link FrameFlag}
   */
  push(
    nowUs: number,
    sequenceNumber: number,
    timestamp: number,
    frame: number,
    capturedUs: number,
    flags: number,
  ): void {
    this.advance(nowUs);
    if (nowUs - this.lastArrivalUs > RESET_AFTER_US) this.reset(nowUs, sequenceNumber, timestamp);
    let index = this.newest + Math.round(timestampDistance(this.newestTimestamp, timestamp) / FRAME_TICKS);
    if (index - this.next >= CAPACITY) {
      this.reset(nowUs, sequenceNumber, timestamp);
      index = this.newest;
    }
    this.lastArrivalUs = nowUs;
    const slot = index & MASK;
    if (index < this.next || this.waitsAt(slot, index)) {
      if (this.indices[slot] === index && (this.flags[slot]! & (PRESENT | PLAYED)) !== 0) this.duplicates++;
      else this.late++;
      return;
    }
    if (index >= this.newest) {
      this.newest = index;
      this.newestTimestamp = timestamp;
      this.learn(nowUs, index);
    }
    this.indices[slot] = index;
    this.frames[slot] = frame;
    this.arrivals[slot] = nowUs;
    this.captures[slot] = capturedUs;
    this.sequences[slot] = sequenceNumber;
    this.flags[slot] = flags | PRESENT;
    this.waiting++;
    const lateUs = nowUs - index * FRAME_US - this.offsetUs;
    if (lateUs > 0) this.resume(lateUs, index);
    else if (index === this.next + 1 && (flags & FrameFlag.fec) !== 0) this.waitForRepair(nowUs);
  }

  /** Plays what is due by now. */
  advance(nowUs: number): void {
    while (this.waiting > 0) {
      const dueUs = this.next * FRAME_US + this.offsetUs;
      if (dueUs > nowUs) return;
      const slot = this.next & MASK;
      if (this.waitsAt(slot, this.next)) this.play(slot, dueUs);
      else this.bridge(dueUs);
    }
  }

  private waitsAt(slot: number, index: number): boolean {
    return this.indices[slot] === index && (this.flags[slot]! & PRESENT) !== 0;
  }

  private play(slot: number, dueUs: number): void {
    const flags = this.flags[slot]!;
    this.flags[slot] = PLAYED;
    this.waiting--;
    this.next++;
    this.lastSequence = this.sequences[slot]!;
    if ((flags & FrameFlag.spoken) !== 0) {
      this.played++;
      this.playout.played(this.frames[slot]!, dueUs, this.captures[slot]!, false);
    }
    const delayUs = this.offsetUs - this.undelayedUs();
    const excessUs = delayUs - this.targetUs;
    if (excessUs > FRAME_US) this.offsetUs -= excessUs >= 3 * this.targetUs ? FAST_STRETCH_US : STRETCH_US;
    else if (delayUs < 0.75 * this.targetUs) this.offsetUs += STRETCH_US;
  }

  /** The next frame is not there, a later one is: lost, or a silence? The sequence numbers tell. */
  private bridge(dueUs: number): void {
    let later = this.next + 1;
    while (!this.waitsAt(later & MASK, later)) later++;
    const slot = later & MASK;
    const lost = this.lostBefore(slot, later);
    const marker = (this.flags[slot]! & FrameFlag.marker) !== 0;
    if (lost > 0 && (lost === later - this.next || marker)) {
      this.conceal(slot, later, dueUs);
      return;
    }
    // a silence: the time to be where we want to be
    const resumeAt = later - lost;
    const earliestUs = Math.max(dueUs, lost === 0 ? this.arrivals[slot]! : 0);
    this.next = resumeAt;
    this.offsetUs = Math.max(this.undelayedUs() + this.targetUs, earliestUs - resumeAt * FRAME_US);
  }

  /** Packets that are missing before the frame `later`, at most as many as there are frames in between. */
  private lostBefore(slot: number, later: number): number {
    const missing = sequenceDistance(this.lastSequence, this.sequences[slot]!) - 1;
    return Math.max(0, Math.min(missing, later - this.next));
  }

  private conceal(slot: number, later: number, dueUs: number): void {
    this.lastSequence = (this.lastSequence + 1) & 0xffff;
    this.next++;
    const repairs = later === this.next && (this.flags[slot]! & FrameFlag.fec) !== 0 && this.arrivals[slot]! <= dueUs;
    if (repairs) {
      this.repaired++;
      this.playout.played(this.frames[slot]! - 1, dueUs, this.captures[slot]! - FRAME_US, true);
    } else {
      this.concealed++;
      this.playout.concealed(dueUs);
    }
  }

  /** The frame that was due a moment ago was lost, and now the packet that repairs it is there: it is played now, and all after it as much later. */
  private waitForRepair(nowUs: number): void {
    const lateUs = nowUs - this.next * FRAME_US - this.offsetUs;
    if (lateUs <= 0 || this.lostBefore((this.next + 1) & MASK, this.next + 1) === 0) return;
    this.offsetUs += lateUs;
    this.expandedUs += lateUs;
  }

  /** The buffer had run dry, and now the frame `index` is there, which was due `lateUs` ago: it is played now, and all after it as much later. */
  private resume(lateUs: number, index: number): void {
    const lost = this.lostBefore(index & MASK, index);
    const speaks = lost > 0 || this.next === index;
    for (let i = index - lost; i < index; i++) {
      this.concealed++;
      this.playout.concealed(i * FRAME_US + this.offsetUs);
    }
    if (speaks) this.expandedUs += lateUs;
    this.next = index;
    this.offsetUs += lateUs;
  }

  private learn(nowUs: number, index: number): void {
    const transitUs = nowUs - index * FRAME_US;
    if (nowUs - this.windowStartUs >= WINDOW_US) {
      this.fastestBeforeUs = this.fastestUs;
      this.fastestUs = transitUs;
      this.windowStartUs = nowUs;
    } else if (transitUs < this.fastestUs) this.fastestUs = transitUs;
    const relativeUs = transitUs - this.undelayedUs();
    if (relativeUs > this.intervalMaxUs) this.intervalMaxUs = relativeUs;
    if (nowUs - this.intervalStartUs < RESAMPLE_US) return;
    this.histogram.add(this.intervalMaxUs / 1000);
    this.targetUs = this.histogram.quantileMs()! * 1000;
    this.intervalStartUs = nowUs;
    this.intervalMaxUs = 0;
  }

  private undelayedUs(): number {
    return Math.min(this.fastestBeforeUs, this.fastestUs);
  }

  /** Begins anew with the packet that has just come. */
  private reset(nowUs: number, sequenceNumber: number, timestamp: number): void {
    if (this.lastArrivalUs >= 0) this.resets++;
    this.flags.fill(0);
    this.waiting = 0;
    this.newest += CAPACITY;
    this.next = this.newest;
    this.newestTimestamp = timestamp;
    this.lastSequence = (sequenceNumber - 1) & 0xffff;
    this.histogram.clear();
    this.targetUs = START_DELAY_US;
    this.intervalStartUs = this.windowStartUs = nowUs;
    this.intervalMaxUs = 0;
    this.fastestUs = this.fastestBeforeUs = Number.POSITIVE_INFINITY;
    this.offsetUs = nowUs + START_DELAY_US - this.newest * FRAME_US;
  }
}
