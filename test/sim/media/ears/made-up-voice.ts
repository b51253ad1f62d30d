import {
  type EarPair,
  Ears,
  type EarsOptions,
  type VoiceEnd,
  type VoiceInterval,
} from '../../../../sim/media/ears/index.js';

/** A person with one tab on a device of their own. */
export function person(userId: string): VoiceEnd {
  return { userId, sessionId: `${userId}-1`, host: { id: `client-${userId}` } };
}

/** Ears for a run of 300 s. */
export function ears(options: Partial<EarsOptions> = {}): Ears {
  return new Ears({ untilUs: 300e6, ...options });
}

/** User 1 listens to user 2 in channel 7. */
export function pairOf(of: Ears, listener = '1', talker = '2', channelId = 7): EarPair {
  return of.pair(person(listener), person(talker), channelId);
}

/** A second of good speech through the SFU. */
export function speech(atS: number, changes: Partial<VoiceInterval> = {}): VoiceInterval {
  return {
    fromUs: atS * 1e6,
    untilUs: atS * 1e6 + 1e6,
    path: 'sfu',
    frames: 50,
    lost: 0,
    burstRatio: 1,
    networkDelayMs: 40,
    mouthToEarMs: 120,
    playoutDelayMs: 60,
    jitterMs: 2,
    layer: 'h',
    kbps: 84,
    ...changes,
  };
}

/** Speech second by second; `lost` says how many of 50 frames are lost in each. */
export function talk(
  pair: EarPair,
  fromS: number,
  untilS: number,
  lost: (atS: number) => number = () => 0,
  path: 'p2p' | 'sfu' = 'sfu',
): void {
  for (let atS = fromS; atS < untilS; atS++) pair.interval(speech(atS, { lost: lost(atS), path }));
}
