/** What is known of an ordered pair (listener, talker), one byte a pair. */
export const PairBit = {
  /** The talker's voice arrives peer to peer. */
  p2p: 1,
  /** The talker's voice arrives through an SFU. */
  sfu: 2,
  /** The listener plays what arrives peer to peer. */
  playsP2p: 4,
  /** The listener plays what arrives from the SFU. */
  playsSfu: 8,
  /** The listener hears the talker now. */
  heard: 16,
  /** The listener has heard the talker since both sit here. */
  everHeard: 32,
  /** Two different persons sit here. */
  active: 64,
} as const;

/** Voice that arrives and is played, over at least one path. `PairBit.p2p << 2` is `playsP2p`, and so on. */
export function isHeard(bits: number): boolean {
  return (bits & (bits >> 2) & 3) !== 0;
}

/** The same voice arrives and is played over both paths. */
export function isDoubled(bits: number): boolean {
  return (bits & 15) === 15;
}

/** Why a pair went silent, as seen at that instant. */
export const CauseBit = {
  talkerStopped: 1,
  listenerStopped: 2,
  unreachable: 4,
  nothingPlayed: 8,
  playedPathDead: 16,
  migration: 32,
} as const;

const causeNames: readonly string[] = [
  'talker paused',
  'listener paused',
  'path cut',
  'no path played',
  'played path broken',
  'migration',
];

/** The causes in words, comma separated. */
export function describeCause(bits: number): string {
  let text = '';
  for (let i = 0; i < causeNames.length; i++) {
    if ((bits & (1 << i)) !== 0) text = text === '' ? (causeNames[i] as string) : `${text}, ${causeNames[i]}`;
  }
  return text;
}
