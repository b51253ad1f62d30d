import type { LinkProfile } from '../../sim/net/index.js';
import { defineScenario, type ScenarioInput } from '../../sim/scenario/index.js';
import { nothingBroken } from '../service-levels.js';

/**
 * Test cases of RFC 8867 (congestion control for interactive media) on voice: **all rates are divided by 20**, since the cases are
 * made for video of 1 to 4 Mbps and three layers of voice lie between 36 and 84 kbps on the wire. Times are the RFC's, after a
 * call set up in {@link SET_UP_S} seconds.
 *
 * The bottleneck is the uplink of person 1, who is in a mesh: each of the others gets a flow of its own over it. Path as in section
 * 4.3: 50 ms one way (40 ms on the link, 10 ms of backbone), jitter of at most 30 ms, tail drop at 300 ms.
 */
export const RATE_DIVISOR = 20;

/** When the clock of a case starts, in seconds of the world. */
export const SET_UP_S = 10;

/** A capacity in Mbit/s as in the RFC, from a time in seconds on. */
export interface CapacityStep {
  readonly fromS: number;
  readonly mbps: number;
}

/** A person who gets a flow from person 1, and the times in which it flows, in seconds of the case. */
export interface FlowPlan {
  readonly user: number;
  readonly spansS: readonly (readonly [from: number, to: number | null])[];
}

/** One test case. */
export interface Rfc8867Case {
  /** Section of the RFC. */
  readonly section: string;
  readonly durationS: number;
  readonly capacity: readonly CapacityStep[];
  readonly flows: readonly FlowPlan[];
}

/** Section 5.1: one flow, the capacity varies. */
export const variableCapacity: Rfc8867Case = {
  section: '5.1',
  durationS: 100,
  capacity: [
    { fromS: 0, mbps: 1 },
    { fromS: 40, mbps: 2.5 },
    { fromS: 60, mbps: 0.6 },
    { fromS: 80, mbps: 1 },
  ],
  flows: [{ user: 2, spansS: [[0, null]] }],
};

/** Section 5.2: two flows, the capacity varies. */
export const variableCapacityTwoFlows: Rfc8867Case = {
  section: '5.2',
  durationS: 125,
  capacity: [
    { fromS: 0, mbps: 4 },
    { fromS: 25, mbps: 2 },
    { fromS: 50, mbps: 3.5 },
    { fromS: 75, mbps: 1 },
    { fromS: 100, mbps: 2 },
  ],
  flows: [
    { user: 2, spansS: [[0, null]] },
    { user: 3, spansS: [[0, null]] },
  ],
};

/** Section 5.4: three flows that start 20 s apart share a constant capacity. */
export const competingFlows: Rfc8867Case = {
  section: '5.4',
  durationS: 120,
  capacity: [{ fromS: 0, mbps: 3.5 }],
  flows: [
    { user: 2, spansS: [[0, null]] },
    { user: 3, spansS: [[20, null]] },
    { user: 4, spansS: [[40, null]] },
  ],
};

/** Section 5.8: three flows, the second pauses from 40 to 60 s. */
export const pauseAndResume: Rfc8867Case = {
  section: '5.8',
  durationS: 120,
  capacity: [{ fromS: 0, mbps: 3.5 }],
  flows: [
    { user: 2, spansS: [[0, null]] },
    {
      user: 3,
      spansS: [
        [0, 40],
        [60, null],
      ],
    },
    { user: 4, spansS: [[0, null]] },
  ],
};

const kbps = (mbps: number): number => (mbps * 1000) / RATE_DIVISOR;

/** The access link of person 1. */
export function bottleneck({ capacity, durationS }: Pick<Rfc8867Case, 'capacity' | 'durationS'>): LinkProfile {
  const [first, ...later] = capacity;
  return {
    delayMs: 40,
    jitterMs: 15,
    queueMs: 300,
    up: {
      rateKbps: kbps(first!.mbps),
      phases: later.map(({ fromS, mbps }, index) => ({
        fromMs: (SET_UP_S + fromS) * 1000,
        // the last step holds in the time after the case, too
        untilMs: (SET_UP_S + (later[index + 1]?.fromS ?? 2 * durationS)) * 1000,
        rateKbps: kbps(mbps),
      })),
    },
  };
}

/** Capacity of the uplink at a time of the world, in kbit/s. */
export function capacityKbps({ capacity }: Rfc8867Case, atS: number): number {
  return kbps(capacity.findLast(({ fromS }) => fromS <= Math.max(0, atS - SET_UP_S))!.mbps);
}

/** The case as a scenario: everybody talks all the time, in packets, without DTX. */
export function rfc8867Scenario(name: string, description: string, plan: Rfc8867Case): ScenarioInput {
  const steps = plan.flows.flatMap(({ user, spansS }) =>
    spansS.flatMap(([from, to]) => [
      // who is there from the start has come while the call was set up
      { atS: from === 0 ? 1 : SET_UP_S + from, user, do: 'join' as const, network: 'perfect' },
      ...(to === null ? [] : [{ atS: SET_UP_S + to, user, do: 'leave' as const }]),
    ]),
  );
  return defineScenario({
    name,
    description: `RFC 8867, ${plan.section}: ${description} All rates divided by ${RATE_DIVISOR}, for voice.`,
    durationS: SET_UP_S + plan.durationS,
    drainS: 30,
    policy: { profile: 'channels', enableThreshold: 10, disableThreshold: 5 },
    population: {
      script: [{ atS: 0.5, user: 1, do: 'join', network: 'bottleneck' }, ...steps.sort((a, b) => a.atS - b.atS)],
    },
    network: { backboneDelayMs: 10, profiles: { bottleneck: bottleneck(plan) } },
    media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false }, reportEveryMs: 500 },
    expectations: { ...nothingBroken },
  });
}

/** The four cases as scenarios. */
export const rfc8867Scenarios: readonly ScenarioInput[] = [
  rfc8867Scenario('rfc8867-variable-capacity', 'one flow, the capacity varies.', variableCapacity),
  rfc8867Scenario('rfc8867-two-flows', 'two flows, the capacity varies.', variableCapacityTwoFlows),
  rfc8867Scenario('rfc8867-competing-flows', 'three flows that start one after the other.', competingFlows),
  rfc8867Scenario('rfc8867-pause', 'three flows, the second pauses.', pauseAndResume),
];
