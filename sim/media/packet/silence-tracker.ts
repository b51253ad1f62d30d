import type { AudioPath } from '../../../core/media/audio-pipeline.js';
import type { GapCause } from '../ears/index.js';
import { FRAME_US } from '../talk/index.js';

/** Nothing at all has come of so many frames in a row (0.5 s): not loss, the path is dead. */
const DEAD_FRAMES = 25;

/** A silence in which the talker talked. */
export interface Silence {
  readonly fromUs: number;
  readonly toUs: number;
  readonly spokenUs: number;
  /** What the frames themselves tell; who knows more may know better. */
  readonly cause: GapCause;
}

/**
 * Finds the silences of one pair from what has become of each spoken frame, in order. A silence is a row of spoken frames that were not heard, or a frame
 * that was played so much later than the one before it that nothing was to be heard in between.
 */
export class SilenceTracker {
  private spoken = 0;
  private fromUs = 0;
  private late = 0;
  private elsewhere = 0;
  private absentRun = 0;
  private longestAbsentRun = 0;
  private lastMissed = -1;
  /** The frame heard last, when its sound ended, and over which path it came. */
  private lastFrame = -2;
  private lastEndUs = 0;
  private lastPath: AudioPath = 'p2p';

  constructor(private readonly audibleGapUs: number) {}

  /** A spoken frame was not heard. @param how it arrived too late, or over a path that is not played, or not at all */
  missed(frame: number, how: 'late' | 'elsewhere' | 'absent'): void {
    if (this.spoken === 0) {
      this.fromUs = Math.max(this.lastEndUs, frame * FRAME_US);
      this.late = this.elsewhere = this.absentRun = this.longestAbsentRun = 0;
    }
    this.spoken++;
    this.lastMissed = frame;
    if (how === 'late') this.late++;
    if (how === 'elsewhere') this.elsewhere++;
    this.absentRun = how === 'absent' ? this.absentRun + 1 : 0;
    if (this.absentRun > this.longestAbsentRun) this.longestAbsentRun = this.absentRun;
  }

  /** A spoken frame was heard, from `playoutUs` on. @returns the silence that it ends, if that was audible */
  heard(frame: number, playoutUs: number, path: AudioPath): Silence | null {
    // all frames in between were spoken, and it is the same stream: then what lies between the two was silence
    const unbroken = this.lastFrame + 1 + this.spoken === frame && this.lastPath === path;
    const pauseUs = unbroken ? playoutUs - this.lastEndUs : 0;
    const missedUs = this.spoken * FRAME_US;
    const fromUs = this.spoken > 0 ? this.fromUs : this.lastEndUs;
    const lengthUs = Math.max(pauseUs, missedUs);
    // what the talker left unsaid before this frame is no part of it
    const unsaidUs = this.spoken > 0 ? (frame - this.lastMissed - 1) * FRAME_US : 0;
    this.spoken = 0;
    this.lastFrame = frame;
    this.lastEndUs = playoutUs + FRAME_US;
    this.lastPath = path;
    if (lengthUs < this.audibleGapUs) return null;
    const toUs = Math.max(playoutUs - unsaidUs, fromUs + lengthUs);
    return { fromUs, toUs, spokenUs: lengthUs, cause: pauseUs > 2 * missedUs ? 'rebuffer' : this.cause() };
  }

  /** The silence that lasts now, if it is audible already. Ends it. */
  end(nowUs: number): Silence | null {
    const spokenUs = this.spoken * FRAME_US;
    this.spoken = 0;
    if (spokenUs < this.audibleGapUs) return null;
    return { fromUs: this.fromUs, toUs: Math.max(nowUs, this.fromUs + spokenUs), spokenUs, cause: this.cause() };
  }

  private cause(): GapCause {
    const absent = this.longestAbsentRun;
    if (absent >= DEAD_FRAMES && absent >= this.elsewhere) return 'outage';
    if (this.elsewhere > this.late && this.elsewhere > absent) return 'path';
    return this.late > absent ? 'rebuffer' : 'loss';
  }
}
