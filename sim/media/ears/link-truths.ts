import type { Simulation } from '../../kernel/index.js';
import type { LinkOptions } from '../../net/link-options.js';
import type { LinkNature } from './ear-host.js';
import type { Ears } from './ears.js';
import type { ImpairmentKind } from './impairment.js';

/** Both directions of an access link. */
export interface TwoWayLink {
  readonly up: LinkOptions;
  readonly down: LinkOptions;
}

/** A link is poor, so that nobody may ask for flawless voice, from here on: */
const POOR_LOSS = 0.01;
/** a mesh of eight sends 588 kbit/s (seven streams of 84), */
const POOR_KBPS = 600;
/** and 150 ms are the whole budget of ITU-T G.114. */
const POOR_DELAY_MS = 150;
/** Smaller differences do not make a link worse. */
const NOTICED_LOSS = 0.005;
const NOTICED_DELAY_MS = 20;
/** More than this makes no difference to voice. */
const ENOUGH_KBPS = 2_000;
/** No voice gets through. */
const DEAD_KBPS = 40;
const DEAD_LOSS = 0.95;

type Phase = LinkOptions['phases'][number];
type Conditions = Pick<LinkOptions, 'delayMs' | 'jitterMs' | 'lossRate' | 'burstLoss' | 'rateKbps'>;

/** The worse of the two directions, in each respect. */
interface Quality {
  readonly lossShare: number;
  /** At most {@link ENOUGH_KBPS}. */
  readonly kbps: number;
  /** Delay and jitter. */
  readonly delayMs: number;
}

interface Watched {
  readonly link: TwoWayLink;
  now: Quality;
  /** While it is impaired: what it was like before. */
  before: Quality | null;
}

interface Turn {
  readonly truths: LinkTruths;
  readonly hostId: string;
  readonly link: TwoWayLink;
  readonly phase: Phase;
  readonly begins: boolean;
}

/**
 * Tells ears the truth about access links: what they are like, when they become worse than they were, and when they are again what
 * they were. Knows the scenario's links and their phases only, nothing that was measured.
 */
export class LinkTruths {
  private readonly hosts = new Map<string, Watched>();

  constructor(
    private readonly sim: Simulation,
    private readonly ears: Ears,
  ) {}

  /** A host has this access link from now on: its first, or another one because it has moved to another network. */
  set(hostId: string, link: TwoWayLink): void {
    const present = this.hosts.get(hostId);
    const nature = natureOf(link);
    const base = qualityOf([link.up, link.down]);
    // a good network is measured by itself, a poor one by what the host had before
    const watched =
      present !== undefined && nature.poor
        ? { link, now: present.now, before: present.before }
        : { link, now: base, before: present?.before ? base : null };
    this.hosts.set(hostId, watched);
    this.ears.link(hostId, this.sim.nowUs, nature);
    this.look(hostId, link);
    for (const phase of new Set([...link.up.phases, ...link.down.phases])) {
      const begins = !this.isOn(phase);
      this.schedule({ truths: this, hostId, link, phase, begins });
    }
  }

  /** @internal A phase of a link begins or ends. */
  turn(turn: Turn): void {
    const { hostId, link } = turn;
    if (this.hosts.get(hostId)?.link !== link) return;
    this.look(hostId, link);
    this.schedule({ ...turn, begins: !turn.begins });
  }

  private look(hostId: string, link: TwoWayLink): void {
    const { nowUs } = this.sim;
    const watched = this.hosts.get(hostId) as Watched;
    const now = this.quality(link);
    if (isWorse(now, watched.now)) {
      watched.before ??= watched.now;
      const capacityKbps = now.kbps < ENOUGH_KBPS ? now.kbps : null;
      this.ears.impaired(hostId, nowUs, kindOf(now, watched.now), { lossShare: now.lossShare, capacityKbps });
    } else if (watched.before !== null && !isWorse(now, watched.before)) {
      watched.before = null;
      this.ears.mended(hostId, nowUs);
    }
    watched.now = now;
  }

  private schedule(turn: Turn): void {
    const { fromMs, untilMs, everyMs } = turn.phase;
    let waitUs = (turn.begins ? fromMs : untilMs) * 1000 - this.placeUs(turn.phase);
    if (waitUs <= 0) {
      if (everyMs === null) return;
      waitUs += everyMs * 1000;
    }
    // just inside: a phase covers [from, until), and time is whole
    this.sim.after(Math.ceil(waitUs), turnNow, turn);
  }

  /** How far into its cycle a phase is now. */
  private placeUs({ everyMs }: Phase): number {
    return everyMs === null ? this.sim.nowUs : this.sim.nowUs % (everyMs * 1000);
  }

  private isOn(phase: Phase): boolean {
    const atUs = this.placeUs(phase);
    return atUs >= phase.fromMs * 1000 && atUs < phase.untilMs * 1000;
  }

  private quality({ up, down }: TwoWayLink): Quality {
    return qualityOf(
      [up, down].map((base) => ({ ...base, ...defined(base.phases.find((phase) => this.isOn(phase))) })),
    );
  }
}

function turnNow(turn: Turn): void {
  turn.truths.turn(turn);
}

/** What a link is like when none of its phases is on. */
function natureOf({ up, down }: TwoWayLink): LinkNature {
  const { lossShare, kbps } = qualityOf([up, down]);
  const varying = up.trace !== null || down.trace !== null;
  const slow = Math.max(up.delayMs, down.delayMs) >= POOR_DELAY_MS;
  return { poor: varying || slow || lossShare >= POOR_LOSS || kbps < POOR_KBPS, varying, lossShare };
}

function qualityOf(directions: readonly Conditions[]): Quality {
  return {
    lossShare: Math.max(...directions.map(lossOf)),
    kbps: Math.min(ENOUGH_KBPS, ...directions.map(({ rateKbps }) => rateKbps ?? ENOUGH_KBPS)),
    delayMs: Math.max(...directions.map(({ delayMs, jitterMs }) => delayMs + jitterMs)),
  };
}

function isWorse(a: Quality, than: Quality): boolean {
  return (
    a.kbps < than.kbps || a.lossShare > than.lossShare + NOTICED_LOSS || a.delayMs > than.delayMs + NOTICED_DELAY_MS
  );
}

function kindOf(now: Quality, before: Quality): ImpairmentKind {
  if (now.kbps < DEAD_KBPS || now.lossShare > DEAD_LOSS) return 'outage';
  if (now.kbps < before.kbps) return 'capacity';
  return now.lossShare > before.lossShare + NOTICED_LOSS ? 'loss' : 'delay';
}

/** Share of packets lost in the long run. */
function lossOf({ lossRate, burstLoss }: Conditions): number {
  if (burstLoss === null) return lossRate;
  const { p, r, lossGood, lossBad } = burstLoss;
  const bad = p / (p + r);
  return bad * lossBad + (1 - bad) * lossGood;
}

/** What a phase changes, without the fields that it leaves as they are. */
function defined(phase: Phase | undefined): Partial<Conditions> {
  return Object.fromEntries(Object.entries(phase ?? {}).filter(([, value]) => value !== undefined));
}
