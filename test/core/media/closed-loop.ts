import type { BandwidthEstimator, PacketFeedback } from '../../../core/media/bandwidth-estimator.js';

/** A value that changes in steps: `[fromMs, value]`, in order of time. */
export type Steps = readonly (readonly [fromMs: number, value: number])[];

export function at(steps: Steps, timeMs: number): number {
  let value = steps[0]![1];
  for (const [fromMs, next] of steps) if (fromMs <= timeMs) value = next;
  return value;
}

/** Uniform numbers in 0..1 from a seed (Numerical Recipes' generator): a small model needs no better ones. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export interface LinkShape {
  readonly capacityKbps: Steps;
  /** Share of packets lost at random. */
  readonly loss?: Steps;
  /** One way. */
  readonly delayMs?: number;
  /** What another route adds to that. */
  readonly detourMs?: Steps;
  readonly jitterMs?: number;
  /** Times in which nothing is carried: `[fromMs, untilMs]`. */
  readonly outages?: readonly (readonly [fromMs: number, untilMs: number])[];
  /** A packet that would wait longer is dropped. */
  readonly queueMs?: number;
  readonly seed?: number;
}

/** Serialisation, a queue with tail drop, loss, delay and jitter without reordering: what all flows share. */
class Bottleneck {
  queueMs = 0;
  private freeAtMs = 0;
  private readonly random: () => number;

  constructor(private readonly shape: LinkShape) {
    this.random = uniform(shape.seed ?? 1);
  }

  /** Time of arrival, null: lost. `notBeforeMs`: arrival of the packet before. */
  send(nowMs: number, bytes: number, notBeforeMs: number): number | null {
    const { capacityKbps, loss, delayMs = 50, jitterMs = 0, queueMs = 300 } = this.shape;
    let startMs = Math.max(nowMs, this.freeAtMs);
    for (const [fromMs, untilMs] of this.shape.outages ?? [])
      if (startMs >= fromMs && startMs < untilMs) startMs = untilMs;
    const jitter = this.random() * jitterMs;
    const lost = loss !== undefined && this.random() < at(loss, nowMs);
    this.queueMs = startMs - nowMs;
    if (this.queueMs > queueMs) return null;
    this.freeAtMs = startMs + (bytes * 8) / at(capacityKbps, startMs);
    const detourMs = at(this.shape.detourMs ?? [[0, 0]], nowMs);
    return lost ? null : Math.max(notBeforeMs, this.freeAtMs + delayMs + detourMs + jitter);
  }
}

export interface FlowShape {
  readonly estimator: BandwidthEstimator;
  /** What it sends now, in kbit/s. Left out: what the estimate says. */
  readonly rate?: (estimateKbps: number, timeMs: number) => number;
  readonly startMs?: number;
}

export interface Sample {
  readonly timeMs: number;
  readonly estimateKbps: number;
  readonly sentKbps: number;
  readonly queueMs: number;
  readonly lossShare: number;
}

const TICK_MS = 20;
const FEEDBACK_MS = 100;
const REPORT_MS = 1_000;

/** One sender: a packet every 20 ms, feedback every 100 ms, a receiver report every second, both one delay later at the sender. */
class Flow {
  readonly samples: Sample[] = [];
  private unreported: PacketFeedback[] = [];
  private lastArrivedMs = 0;
  private expected = 0;
  private lost = 0;
  private lossShare = 0;
  private readonly pending: { readonly dueMs: number; readonly deliver: () => void }[] = [];

  constructor(
    private readonly shape: FlowShape,
    private readonly link: Bottleneck,
    private readonly delayMs: number,
    private readonly phaseMs: number,
  ) {}

  tick(timeMs: number): void {
    const { estimator, rate, startMs = 0 } = this.shape;
    if (timeMs < startMs) return;
    while (this.pending[0] && this.pending[0].dueMs <= timeMs) this.pending.shift()!.deliver();
    const kbps = rate ? rate(estimator.estimateKbps, timeMs) : estimator.estimateKbps;
    if (kbps > 0) this.send(timeMs + this.phaseMs, (kbps * TICK_MS) / 8);
    const ageMs = timeMs - startMs;
    if (ageMs > 0 && ageMs % FEEDBACK_MS === 0) this.feedback(timeMs);
    if (ageMs > 0 && ageMs % REPORT_MS === 0) this.report(timeMs);
    const { queueMs } = this.link;
    if (ageMs % FEEDBACK_MS === 0)
      this.samples.push({
        timeMs,
        estimateKbps: estimator.estimateKbps,
        sentKbps: kbps,
        queueMs,
        lossShare: this.lossShare,
      });
  }

  private send(sentMs: number, bytes: number): void {
    const arrivedMs = this.link.send(sentMs, bytes, this.lastArrivedMs);
    this.lastArrivedMs = arrivedMs ?? this.lastArrivedMs;
    this.unreported.push({ sentMs, arrivedMs, bytes });
  }

  private feedback(timeMs: number): void {
    const { estimator } = this.shape;
    const newest = this.unreported.findLastIndex(({ arrivedMs }) => arrivedMs !== null && arrivedMs <= timeMs);
    const packets = this.unreported.slice(0, newest + 1);
    this.unreported = this.unreported.slice(newest + 1);
    this.expected += packets.length;
    this.lost += packets.filter(({ arrivedMs }) => arrivedMs === null).length;
    const dueMs = timeMs + this.delayMs;
    this.pending.push({ dueMs, deliver: () => estimator.onTransportFeedback(dueMs, packets) });
  }

  private report(timeMs: number): void {
    if (this.expected === 0) return;
    const { estimator } = this.shape;
    const lossShare = this.lost / this.expected;
    const dueMs = timeMs + this.delayMs;
    const rttMs = 2 * this.delayMs + this.link.queueMs;
    this.expected = this.lost = 0;
    this.lossShare = lossShare;
    this.pending.push({ dueMs, deliver: () => estimator.onLossReport({ atMs: dueMs, lossShare, rttMs }) });
  }
}

/** Runs flows over one link. The answer: samples of each flow, ten a second. */
export function closedLoop(link: LinkShape, flows: readonly FlowShape[], untilMs: number): Sample[][] {
  const bottleneck = new Bottleneck(link);
  const delayMs = link.delayMs ?? 50;
  const running = flows.map((flow, i) => new Flow(flow, bottleneck, delayMs, (i * TICK_MS) / flows.length));
  for (let timeMs = 0; timeMs < untilMs; timeMs += TICK_MS) for (const flow of running) flow.tick(timeMs);
  return running.map(({ samples }) => samples);
}

export function between(samples: readonly Sample[], fromMs: number, untilMs: number): Sample[] {
  return samples.filter(({ timeMs }) => timeMs >= fromMs && timeMs < untilMs);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Jain's index of fairness: 1 when all get the same, 1/n when one gets all. */
export function jain(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return (sum * sum) / (values.length * squares);
}
