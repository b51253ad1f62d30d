import type { ChoiceStream, Choices } from '../kernel/index.js';
import { Delay } from './delay.js';
import type { LinkOptions } from './link-options.js';
import { type LinkQueue, QUEUE_FULL } from './link-queue.js';
import { Loss } from './loss.js';
import type { CapacityTrace } from './mahimahi.js';
import { RatePlan } from './rate-plan.js';
import { RateQueue } from './rate-queue.js';
import { TraceQueue } from './trace-queue.js';

/** Answer of a link for a packet that it lost. */
export const LOST = -1;

/** What a link does to packets during one phase. */
export interface LinkConditions {
  readonly fromUs: number;
  readonly untilUs: number;
  /** Length of the cycle; null: the phase happens once. */
  readonly everyUs: number | null;
  readonly delay: Delay;
  /** The link's own packets step its chain; others read its numbers only. */
  readonly loss: Loss;
  readonly duplicateRate: number;
  readonly reorderRate: number;
  readonly reorderDelayUs: number;
  /** null: no limit, or that of a trace. */
  readonly rateKbps: number | null;
}

/**
 * One direction of a host's access link, shared by all its traffic. A packet is serialised and queued, then lost or not, then
 * delayed. Links of {@link plain} profiles have no state: all hosts of the profile share one.
 */
export class AccessLink {
  /** Nothing but a constant delay. */
  readonly plain: boolean;
  /** A delay with jitter at most: packets need no event on the way and none is lost. */
  readonly steady: boolean;
  /** May lose, reorder or duplicate. */
  readonly unreliable: boolean;
  /** May duplicate. */
  readonly duplicating: boolean;
  /** The same rate at any time, in kbit/s; null: no limit at any time; undefined: it varies. */
  readonly constantKbps: number | null | undefined;
  /** Has a rate or a capacity trace, so packets enter in the order of time. */
  readonly queued: boolean;
  /** Delay without jitter, queue and phases, in microseconds. */
  readonly delayUs: number;
  /** No jitter, no reordering and no phase with another delay: only the queue, if any, makes packets differ. */
  readonly constantDelay: boolean;
  /** Share of packets lost in the long run, without the queue; of all phases the largest. */
  readonly worstLossShare: number;
  /** After {@link pass}: true when that packet was held back and does not hold up those after it. */
  heldBack = false;

  private readonly base: LinkConditions;
  private readonly phases: readonly LinkConditions[];
  private readonly queue: LinkQueue | null;
  private stream: ChoiceStream | null = null;

  /**
   * @param label label of its random stream, e.g. `net/client-7/up`
   * @param trace the capacity trace that `options.trace` names
   * @param segmentBytes bytes of one packet; longer messages are several packets
   */
  constructor(
    private readonly choices: Choices,
    private readonly label: string,
    private readonly options: LinkOptions,
    readonly trace: CapacityTrace | null,
    private readonly segmentBytes: number,
  ) {
    this.base = conditions(options, 0, Number.POSITIVE_INFINITY, null);
    this.phases = options.phases.map(({ fromMs, untilMs, everyMs, ...changes }) =>
      conditions({ ...options, ...defined(changes) }, fromMs * 1000, untilMs * 1000, everyMs && everyMs * 1000),
    );
    const all = [this.base, ...this.phases];
    this.queued = trace !== null || all.some((each) => each.rateKbps !== null);
    this.duplicating = all.some(({ duplicateRate }) => duplicateRate > 0);
    this.unreliable = all.some((each) => each.loss.possible || each.reorderRate > 0 || each.duplicateRate > 0);
    this.plain = !this.queued && !this.unreliable && this.phases.length === 0 && this.base.delay.jitterUs === 0;
    this.steady = !this.queued && !this.unreliable;
    this.delayUs = Math.round(this.base.delay.meanUs);
    const { meanUs } = this.base.delay;
    this.constantDelay = all.every(
      ({ delay, reorderRate }) => delay.meanUs === meanUs && delay.jitterUs === 0 && reorderRate === 0,
    );
    this.worstLossShare = Math.max(...all.map(({ loss }) => loss.share));
    this.constantKbps = trace === null && this.phases.length === 0 ? this.base.rateKbps : undefined;
    this.queue = this.emptyQueue();
  }

  /**
   * Sends a packet into the link. On a {@link queued} link the calls come in the order of time; one that does not goes behind those before it.
   * @param nowUs when it enters, in microseconds
   * @param patient true for a sender that waits for room instead of losing the packet
   * @returns when it comes out, in whole microseconds, or {@link LOST} or {@link QUEUE_FULL}
   */
  pass(nowUs: number, bytes: number, patient: boolean): number {
    this.heldBack = false;
    if (this.plain) return nowUs + this.delayUs;
    const now = this.phases.length === 0 ? this.base : this.conditionsAt(nowUs);
    let exitUs = nowUs;
    if (this.queue !== null) {
      exitUs = this.queue.offer(nowUs, bytes, patient);
      if (exitUs === QUEUE_FULL) return QUEUE_FULL;
    }
    const stream = this.random();
    if (this.drops(now, nowUs, bytes, stream)) return LOST;
    exitUs += now.delay.next(stream);
    if (stream.chance(now.reorderRate)) {
      this.heldBack = true;
      exitUs += now.reorderDelayUs;
    }
    return Math.round(exitUs);
  }

  /** True when a small packet of a handshake is lost at this time. */
  loses(nowUs: number): boolean {
    if (!this.unreliable) return false;
    return this.conditionsAt(nowUs).loss.next(this.random(), nowUs);
  }

  /** True when the packet that has just passed arrives a second time. */
  duplicates(nowUs: number): boolean {
    if (!this.unreliable) return false;
    return this.random().chance(this.conditionsAt(nowUs).duplicateRate);
  }

  /** Delay and jitter alone, in microseconds. */
  propagationUs(nowUs: number): number {
    return this.plain ? this.delayUs : Math.round(this.conditionsAt(nowUs).delay.next(this.random()));
  }

  /** What this link does to a packet that enters at a time. Reading it changes nothing. */
  conditionsAt(nowUs: number): LinkConditions {
    for (const phase of this.phases) {
      const atUs = phase.everyUs === null ? nowUs : nowUs % phase.everyUs;
      if (atUs >= phase.fromUs && atUs < phase.untilUs) return phase;
    }
    return this.base;
  }

  /** Until when the conditions of a time hold at least, in microseconds. */
  conditionsUntilUs(nowUs: number): number {
    let untilUs = Number.POSITIVE_INFINITY;
    for (const { everyUs, fromUs, untilUs: endUs } of this.phases) {
      const atUs = everyUs === null ? nowUs : nowUs % everyUs;
      const next =
        atUs < fromUs ? fromUs : atUs < endUs ? endUs : everyUs === null ? Number.POSITIVE_INFINITY : everyUs + fromUs;
      untilUs = Math.min(untilUs, nowUs - atUs + next);
    }
    return untilUs;
  }

  /** Another queue like that of this link, empty: for a model of traffic that the link itself does not carry. null: it has none. */
  emptyQueue(): LinkQueue | null {
    if (this.trace !== null) return new TraceQueue(this.trace, this.options);
    return this.queued ? new RateQueue(ratePlan(this.base, this.phases), this.options) : null;
  }

  /** Longest wait in the queue, in ms; null: no limit. */
  get queueMs(): number | null {
    return this.options.queueMs;
  }

  private drops(now: LinkConditions, nowUs: number, bytes: number, stream: ChoiceStream): boolean {
    if (!now.loss.possible) return false;
    let lost = false;
    for (let left = bytes; left > 0; left -= this.segmentBytes) if (now.loss.next(stream, nowUs)) lost = true;
    return lost;
  }

  private random(): ChoiceStream {
    if (this.stream === null) this.stream = this.choices.stream(this.label);
    return this.stream;
  }
}

function conditions(options: LinkOptions, fromUs: number, untilUs: number, everyUs: number | null): LinkConditions {
  return {
    fromUs,
    untilUs,
    everyUs,
    delay: new Delay(options.delayMs * 1000, options.jitterMs * 1000, options.jitterShape),
    loss: new Loss(options.lossRate, options.burstLoss),
    duplicateRate: options.duplicateRate,
    reorderRate: options.reorderRate,
    reorderDelayUs: options.reorderDelayMs * 1000,
    rateKbps: options.rateKbps,
  };
}

function ratePlan(base: LinkConditions, phases: readonly LinkConditions[]): RatePlan {
  const rate = ({ rateKbps }: LinkConditions) => rateKbps ?? Number.POSITIVE_INFINITY;
  return new RatePlan(
    rate(base),
    phases.map((phase) => ({ ...phase, rateKbps: rate(phase) })),
  );
}

/** Without the fields that are absent, so that they do not hide those of the base. */
function defined<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
