import type { LayerName } from '../../../core/media/layers.js';
import { DeadairError } from '../../errors.js';
import type { EarHost } from './ear-host.js';
import type { EarListener } from './ear-listener.js';
import type { Ears } from './ears.js';
import type { PairStrip } from './hearing-strips.js';
import type { DiscontinuityKind, GapCause, VoiceEnd, VoiceInterval } from './voice.js';

/** Speech is judged as understandable or not over so many frames: two seconds. */
const JUDGED_FRAMES = 100;
/** Share of frames lost from which on two seconds of speech are poor. */
const POOR_LOSS = 0.05;
/** Rating below which they are poor. */
const POOR_RATING = 60;

/** How one listener hears one talker while both sit in a channel. Made by {@link Ears.pair}. */
export class EarPair {
  /** Layer received now; null until one is known. */
  layerNow: LayerName | null = null;
  /** Its place in the picture of its channel, if it has one. */
  strip: PairStrip | null;
  /** The last cell of it that is known to show that something was heard; -1: none. */
  heardCell = -1;
  private layerChangedUs = Number.NEGATIVE_INFINITY;
  private pathNow: 'p2p' | 'sfu' | null = null;
  /** Over which the present layer came. */
  private layerPath: 'p2p' | 'sfu' | null = null;
  private open = true;
  /** All that the talker said, and what of it the network lost. */
  frames = 0;
  networkLost = 0;
  private judgedFrames = 0;
  private judgedLost = 0;
  private judgedR = 0;
  private judgedFromUs = 0;

  /** @internal */
  constructor(
    private readonly ears: Ears,
    readonly listener: VoiceEnd,
    readonly talker: VoiceEnd,
    readonly channelId: number,
    readonly listenerHost: EarHost,
    readonly talkerHost: EarHost,
    /** Everything this listener hears, over all talkers and sessions. */
    readonly total: EarListener,
    strip: PairStrip | null,
  ) {
    this.strip = strip;
  }

  /** Reads something of each of its parts. Which number that makes means nothing. */
  touch(): number {
    return this.frames + this.judgedFrames + this.total.frames;
  }

  /** Over which voice came last; null before the first. */
  get path(): 'p2p' | 'sfu' | null {
    return this.pathNow;
  }

  /**
   * Voice that the listener should have heard in an interval, and what became of it. Only intervals in which the talker talked.
   * @throws DeadairError `media.interval` for figures that cannot be
   */
  interval(voice: VoiceInterval): void {
    const { fromUs, untilUs, frames, lost, path } = voice;
    if (!(untilUs > fromUs && frames > 0 && lost >= 0 && lost <= frames)) throw impossible(voice);
    if (lost < frames && !(voice.networkDelayMs >= 0 && voice.mouthToEarMs >= 0 && voice.playoutDelayMs >= 0))
      throw impossible(voice);
    this.pathNow = path;
    this.frames += frames;
    this.networkLost += voice.networkLost ?? lost;
    const r = this.ears.heard(this, voice);
    if (this.judgedFrames === 0) this.judgedFromUs = fromUs;
    this.judgedFrames += frames;
    this.judgedLost += lost;
    this.judgedR += r * frames;
    if (this.judgedFrames >= JUDGED_FRAMES) this.judge(untilUs);
  }

  /**
   * Nothing of what the talker said was audible from `fromUs` to `toUs`. Told when it ends, or when the pair ends. Shorter ones than
   * `audibleGapUs` are no gaps.
   * @param unfinished the pair ended in silence
   * @param spokenUs how much of it the talker talked; default all of it
   */
  silence(fromUs: number, toUs: number, cause: GapCause, unfinished: boolean, spokenUs = toUs - fromUs): void {
    if (toUs - fromUs < this.ears.audibleGapUs) return;
    this.ears.silent(this, fromUs, toUs, cause, unfinished, spokenUs);
  }

  /** The listener heard the same voice twice: the gains of the paths over which it arrived summed up to more than 1.05. */
  doubled(fromUs: number, toUs: number): void {
    if (toUs > fromUs) this.ears.doubled(this, fromUs, toUs);
  }

  /**
   * The layer received from now on.
   * @param path over which it comes: another path begins with whatever layer it begins with, which is no change of quality. Default: the path of before
   */
  layer(atUs: number, layer: LayerName, path?: 'p2p' | 'sfu'): void {
    const over = path ?? this.layerPath;
    // silence over a path is none of its layers
    const begins = over !== this.layerPath;
    this.layerPath = over;
    if (begins) this.layerChangedUs = Number.NEGATIVE_INFINITY;
    if (path !== undefined) this.pathNow = path;
    const from = this.layerNow;
    if (layer === from) return;
    this.layerNow = layer;
    if (begins || from === null) {
      this.ears.layerBegins(this, atUs, layer);
      return;
    }
    const sinceUs = atUs - this.layerChangedUs;
    this.layerChangedUs = atUs;
    this.ears.layerChanged(this, atUs, from, layer, sinceUs);
  }

  /** The received stream jumps or repeats, and the network is not to blame. */
  discontinuity(atUs: number, kind: DiscontinuityKind): void {
    this.ears.discontinuity(this, atUs, kind);
  }

  /** One of the two has left. The pair is no more. */
  close(atUs: number): void {
    if (!this.open) return;
    this.open = false;
    this.ears.closed(this, atUs);
  }

  private judge(untilUs: number): void {
    const lostShare = this.judgedLost / this.judgedFrames;
    const r = this.judgedR / this.judgedFrames;
    this.judgedFrames = 0;
    this.judgedLost = 0;
    this.judgedR = 0;
    if (lostShare < POOR_LOSS && r >= POOR_RATING) return;
    this.ears.poorVoice({ pair: this, fromUs: this.judgedFromUs, untilUs, lostShare, r });
  }
}

function impossible(voice: VoiceInterval): DeadairError {
  const { fromUs, untilUs, frames, lost, networkDelayMs, mouthToEarMs, playoutDelayMs } = voice;
  return new DeadairError(
    'media.interval',
    `voice from ${fromUs} to ${untilUs} us with ${lost} of ${frames} frames lost, delays ${networkDelayMs}, ${mouthToEarMs}, ${playoutDelayMs} ms cannot be; give an interval with frames, no more lost than spoken, and delays of 0 or more`,
  );
}
