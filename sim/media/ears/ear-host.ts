import type { EarPair } from './ear-pair.js';
import type { Impairment } from './impairment.js';

/** A device with ears, and what the world says of its link. */
export class EarHost {
  /** Pairs with this host at one end. */
  readonly pairs = new Set<EarPair>();
  /** Oldest first. */
  readonly impairments: Impairment[] = [];
  /** The last one, while it lasts or its end is being judged: voice of this host is looked at closely. */
  watched: Impairment | null = null;
  /** Since when its link has been poor, without a break; null while it is good. */
  poorSinceUs: number | null = null;
  /** Share of packets that its link loses by itself now. */
  lossShare = 0;
  /** When its link changed last. */
  changedUs = Number.NEGATIVE_INFINITY;

  constructor(readonly id: string) {}
}
