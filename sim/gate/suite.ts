import type { GateSuite, Over } from '../../reports/gate/gate-schema.js';
import type { Point } from '../campaign/index.js';
import { DeadairError } from '../errors.js';
import { didYouMean, type Scenario } from '../scenario/index.js';

/** One scenario of a suite, ready to be run. */
export interface SuiteEntry {
  readonly name: string;
  /** As `deadair run` takes it. */
  readonly reference: string;
  readonly overrides: readonly string[];
  readonly scenario: Scenario;
  /** Identity of what is run, without service levels. */
  readonly hash: string;
  /** Identity of the service levels. */
  readonly levels: string;
  readonly over: Over;
  readonly seeds: readonly number[];
}

/** Scenarios, seeds and service levels: what a gate runs. */
export interface Suite {
  readonly name: string;
  /** As the user named it. */
  readonly reference: string;
  readonly description: string;
  readonly hash: string;
  readonly entries: readonly SuiteEntry[];
}

/** A part of the points of a suite, for one of several machines. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** What a suite runs: every scenario with every seed, in the order of the suite. */
export function pointsOf(suite: Suite, shard?: Shard): Point[] {
  const points = suite.entries.flatMap(({ name, scenario, seeds }) =>
    seeds.map((seed) => ({ key: pointKey(name, seed), scenario, seed })),
  );
  if (shard === undefined) return points;
  if (shard.of > points.length) {
    throw new DeadairError(
      'gate.shards',
      `--shard ${shard.index}/${shard.of}: suite ${suite.name} has only ${points.length} runs; use at most ${points.length} shards`,
    );
  }
  return points.filter((_, index) => index % shard.of === shard.index - 1);
}

/**
 * One scenario of a suite.
 * @throws DeadairError `suite.entry`
 */
export function entryOf({ reference, entries }: Suite, name: string): SuiteEntry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => entry.name);
  throw new DeadairError('suite.entry', `there is no "${name}" in the suite ${reference}${didYouMean(name, names)}`);
}

/** `mixed-load#3` */
export function pointKey(scenario: string, seed: number): string {
  return `${scenario}#${seed}`;
}

/** What the result file says of a suite. */
export function describeSuite({ name, reference, description, hash, entries }: Suite): GateSuite {
  return {
    name,
    reference,
    description,
    hash,
    scenarios: entries.map((entry) => ({
      name: entry.name,
      description: entry.scenario.description,
      reference: entry.reference,
      overrides: [...entry.overrides],
      hash: entry.hash,
      levels: entry.levels,
      seeds: [...entry.seeds],
    })),
  };
}
