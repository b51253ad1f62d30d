import type { EarPair } from './ear-pair.js';
import type { Impairment } from './impairment.js';

/** A link as it is when nothing is wrong with it. */
export interface LinkNature {
  /** Too lossy, slow or narrow to ask for flawless voice. */
  readonly poor: boolean;
  /** Its capacity follows a trace: it is never the same for long. */
  readonly varying: boolean;
  /** Share of packets that it loses by itself, 0..1. */
  readonly lossShare: number;
}

const GOOD: LinkNature = { poor: false, varying: false, lossShare: 0 };

/** A device with ears, and what the world says of its link. */
export class EarHost {
  /** Pairs with this host at one end. */
  readonly pairs = new Set<EarPair>();
  /** Oldest first. */
  readonly impairments: Impairment[] = [];
  /** The last one, while it lasts or its end is being judged: voice of this host is looked at closely. */
  watched: Impairment | null = null;
  nature = GOOD;
  /** When its link changed last. */
  changedUs = Number.NEGATIVE_INFINITY;
  /** When its battery or its user changed last how good a voice it wants. */
  limitedUs = Number.NEGATIVE_INFINITY;
  /** Since when its link has been poor or impaired, without a break; null while it is good. */
  poorSinceUs: number | null = null;

  constructor(readonly id: string) {}

  /** The impairment that lasts now. */
  get impairment(): Impairment | null {
    const last = this.impairments.at(-1);
    return last !== undefined && last.untilUs === null ? last : null;
  }

  /** Copies of its voice that its uplink carries: in a mesh one for each peer. */
  get copies(): number {
    let peers = 0;
    for (const pair of this.pairs) if (pair.talkerHost === this && pair.path === 'p2p') peers++;
    return Math.max(1, peers);
  }

  /** Share of packets that its link loses by itself now. */
  get lossShare(): number {
    return this.impairment?.lossShare ?? this.nature.lossShare;
  }

  /** When its link was last mended and has been good since; null: it was not, or it is not good. */
  get mendedUs(): number | null {
    const last = this.impairments.at(-1);
    return last?.mended === true && !this.nature.poor ? last.untilUs : null;
  }

  /** Whether the link was good all the time since `sinceUs`. */
  goodSince(sinceUs: number): boolean {
    return this.poorSinceUs === null && this.changedUs <= sinceUs;
  }
}
