import { clamp } from './clamp.js';

/** Ways a voice can come in; `none`: nothing is to be heard. */
export type AudioPath = 'p2p' | 'sfu';

export interface AudioPipelineOptions {
  /** A crossfade between two paths that both deliver. */
  readonly fadeMs: number;
  /** Rise and fall where there is no other path to fade from or to: short, but no click. */
  readonly rampMs: number;
}

export const defaultAudioPipeline: AudioPipelineOptions = { fadeMs: 2_000, rampMs: 20 };

/** A value that moves in a straight line and then stays. */
interface Ramp {
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}

const still = (value: number): Ramp => ({ from: value, to: value, startMs: -Infinity, endMs: -Infinity });

function valueAt(ramp: Ramp, atMs: number): number {
  if (atMs >= ramp.endMs) return ramp.to;
  const share = clamp((atMs - ramp.startMs) / (ramp.endMs - ramp.startMs), 0, 1);
  return ramp.from + (ramp.to - ramp.from) * share;
}

/** Goes on from where a ramp is now; `fullMs` is how long the whole way from 0 to 1 takes. */
function turned(ramp: Ramp, to: number, atMs: number, fullMs: number): Ramp {
  const from = valueAt(ramp, atMs);
  return { from, to, startMs: atMs, endMs: atMs + Math.abs(to - from) * fullMs };
}

/**
 * Two gains into one output (A15): how loud a listener hears one talker over P2P and over the SFU. There is no timer: gains are a function
 * of the time asked for. The volume says whether anything is to be heard, the mix which path it comes from; gains are `volume * (1 - mix)` and
 * `volume * mix`, so that in a crossfade their sum is 1 at all times: no gap, and not the same voice twice.
 *
 * Times are ms of the caller's clock and must not go back. A path that does not deliver yet is not to be selected; one that has ceased to
 * deliver is to be reported with {@link lost}.
 */
export class AudioPipeline {
  protected readonly options: AudioPipelineOptions;
  protected path: AudioPath | 'none' = 'none';
  protected volume: Ramp = still(0);
  /** 0: all from P2P, 1: all from the SFU. */
  protected mix: Ramp = still(0);

  constructor(options: Partial<AudioPipelineOptions> = {}) {
    this.options = { ...defaultAudioPipeline, ...options };
  }

  get selected(): AudioPath | 'none' {
    return this.path;
  }

  /** From this time on the gains stay as they are, unless something is selected. */
  get settledAtMs(): number {
    return Math.max(this.volume.endMs, this.mix.endMs);
  }

  /**
   * Plays a path from now on. What is heard fades over; in the middle of a fade it goes on from the present gains. If nothing is heard, the path
   * rises within `rampMs`; `none` falls silent within `rampMs`. Selecting what is selected changes nothing.
   */
  select(path: AudioPath | 'none', atMs: number): void {
    if (path === this.path) return;
    this.path = path;
    const { fadeMs, rampMs } = this.options;
    if (path !== 'none') {
      const to = path === 'sfu' ? 1 : 0;
      this.mix = valueAt(this.volume, atMs) === 0 ? still(to) : turned(this.mix, to, atMs, fadeMs);
    }
    this.volume = turned(this.volume, path === 'none' ? 0 : 1, atMs, rampMs);
  }

  /** A path delivers nothing any more: if another is selected, it takes over what that one had within `rampMs`, as there is nothing to fade from. */
  lost(path: AudioPath, atMs: number): void {
    if (this.path === 'none' || this.path === path) return;
    this.mix = turned(this.mix, path === 'p2p' ? 1 : 0, atMs, this.options.rampMs);
  }

  /** Gain of a path, 0..1. */
  gain(path: AudioPath, atMs: number): number {
    const mix = valueAt(this.mix, atMs);
    return valueAt(this.volume, atMs) * (path === 'sfu' ? mix : 1 - mix);
  }
}
