import { describe, expect, it } from 'vitest';
import { LAYER_KBPS, wireBytes } from '../../core/media/layers.js';
import type { MediaResult } from '../../reports/media-schema.js';
import {
  capacityKbps,
  competingFlows,
  pauseAndResume,
  type Rfc8867Case,
  rfc8867Scenarios,
  SET_UP_S,
  variableCapacity,
  variableCapacityTwoFlows,
} from '../../scenarios/congestion/rfc8867.js';
import { resolveScenario } from '../../sim/scenario/index.js';
import { simulate } from '../../sim/simulate.js';

const STEP_S = 0.1;
const onWire = (kbps: number): number => (wireBytes(kbps, true) * 8 * 50) / 1000;
const LEAST_KBPS = onWire(LAYER_KBPS.l);

/** What person 1 sends to each of the others, in kbit/s, every {@link STEP_S} of the case. */
function ratesOf(plan: Rfc8867Case, media: MediaResult): { atS: number; kbps: number[] }[] {
  const flows = plan.flows.map(({ user, spansS }) => ({
    spansS,
    layers: media.layers
      .filter(({ listener, talker }) => talker === '1' && listener === String(user))
      .flatMap(({ points }) => points)
      .sort(([a], [b]) => a - b),
  }));
  return Array.from({ length: plan.durationS / STEP_S }, (_, index) => {
    const caseS = index * STEP_S;
    const atS = SET_UP_S + caseS;
    const kbps = flows.map(({ spansS, layers }) => {
      const flows = spansS.some(([from, to]) => caseS >= from && (to === null || caseS < to));
      const layer = layers.findLast(([sinceS]) => sinceS <= atS)?.[1];
      return flows && layer !== undefined ? onWire(layer) : 0;
    });
    return { atS, kbps };
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Jain, Chiu and Hawe (1984): 1 when all get the same, 1/n when one gets everything. */
const jain = (rates: readonly number[]): number =>
  (sum(rates) * sum(rates)) / (rates.length * sum(rates.map((rate) => rate * rate)));

/** Shape: how long more was sent than fits (or the least there is), at most; how much of the time; whether steps down were followed. */
function shapeOf(plan: Rfc8867Case, rates: readonly { atS: number; kbps: number[] }[]) {
  let aboveS = 0;
  let longestS = 0;
  let nowS = 0;
  for (const { atS, kbps } of rates) {
    const least = LEAST_KBPS * kbps.filter((rate) => rate > 0).length;
    nowS = sum(kbps) > Math.max(capacityKbps(plan, atS), least) ? nowS + STEP_S : 0;
    if (nowS > 0) aboveS += STEP_S;
    longestS = Math.max(longestS, nowS);
  }
  return { aboveShare: aboveS / plan.durationS, longestS };
}

const between = (rates: readonly { atS: number; kbps: number[] }[], fromS: number, toS: number, flow: number) => {
  const those = rates.filter(({ atS }) => atS >= SET_UP_S + fromS && atS < SET_UP_S + toS);
  return sum(those.map(({ kbps }) => kbps[flow]!)) / those.length;
};

const cases = [variableCapacity, variableCapacityTwoFlows, competingFlows, pauseAndResume];

async function run(index: number, seed: number) {
  const plan = cases[index]!;
  const result = await simulate(resolveScenario(rfc8867Scenarios[index]!), { seed });
  expect(result.violations).toEqual([]);
  const rates = ratesOf(plan, result.media!);
  return { plan, result, rates, shape: shapeOf(plan, rates) };
}

describe('RFC 8867 for voice, rates divided by 20', () => {
  it('5.1: one flow follows a capacity of 50, 125, 30, 50 kbps', async () => {
    const { rates, shape } = await run(0, 1);
    expect(shape.longestS).toBeLessThan(10);
    expect(shape.aboveShare).toBeLessThan(0.25);
    // 125 kbps have room for the best layer, which is tried until 20 s after the step; 30 kbps for none
    expect(between(rates, 55, 60, 0)).toBeGreaterThan(onWire(LAYER_KBPS.m));
    expect(between(rates, 70, 80, 0)).toBeCloseTo(LEAST_KBPS, 6);
  });

  it('5.2: two flows follow a capacity of 200, 100, 175, 50, 100 kbps', async () => {
    const { rates, shape } = await run(1, 1);
    expect(shape.longestS).toBeLessThan(10);
    expect(shape.aboveShare).toBeLessThan(0.2);
    expect(between(rates, 0, 25, 0) + between(rates, 0, 25, 1)).toBeCloseTo(2 * onWire(LAYER_KBPS.h), 6);
    expect(between(rates, 85, 100, 0) + between(rates, 85, 100, 1)).toBeLessThan(2 * LEAST_KBPS * 1.2);
    expect(jain([between(rates, 30, 125, 0), between(rates, 30, 125, 1)])).toBeGreaterThan(0.95);
  });

  it('5.4: three flows share 175 kbps, whoever came first', async () => {
    const { rates, shape } = await run(2, 1);
    expect(shape.longestS).toBeLessThan(15);
    expect(shape.aboveShare).toBeLessThan(0.25);
    expect(between(rates, 0, 20, 0)).toBeCloseTo(onWire(LAYER_KBPS.h), 6);
    expect(jain([0, 1, 2].map((flow) => between(rates, 60, 120, flow)))).toBeGreaterThan(0.85);
  });

  it('5.8: what a flow that pauses leaves, others may take; it gets its share again', async () => {
    const { rates, shape } = await run(3, 1);
    expect(shape.longestS).toBeLessThan(10);
    expect(shape.aboveShare).toBeLessThan(0.25);
    expect(between(rates, 41, 60, 1)).toBe(0);
    expect(between(rates, 80, 120, 1)).toBeGreaterThan(LEAST_KBPS * 0.999);
    expect(jain([0, 1, 2].map((flow) => between(rates, 80, 120, flow)))).toBeGreaterThan(0.8);
  });

  it('voice survives all of it: concealed for less than one frame in thirty', async () => {
    for (const index of cases.keys()) {
      const { result } = await run(index, 2);
      const { value } = result.metrics.concealed_rate as { value: number };
      expect(value).toBeLessThan(1 / 30);
    }
  });
});
