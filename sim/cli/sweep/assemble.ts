import { analyse, type CapacityFile, type RunFigures } from '../../../reports/index.js';
import { type CostOptions, costOptions, scenarioCost } from '../../cost/cost-options.js';
import { BUDGETS } from '../../cost/price-list.js';
import { DeadairError } from '../../errors.js';
import { resolvePolicy, type Scenario, scenarioHash } from '../../scenario/index.js';
import type { Link } from '../../sweep/link.js';
import type { Variation } from '../../sweep/variation.js';
import { DEADAIR_VERSION } from '../../version.js';
import type { Loaded } from './study.js';

/** What goes into the file beside the runs. */
export interface FileParts {
  readonly kind: CapacityFile['kind'];
  readonly command: string;
  /** The scenario without the variations. */
  readonly base: Scenario;
  readonly overrides: readonly string[];
  readonly variations: readonly Variation[];
  readonly links: readonly Link[];
  readonly seeds: readonly number[];
  readonly figures: CapacityFile['figures'];
  /** Of what is shown, cheapest first or not: in the order of the settings. */
  readonly settings: readonly (Loaded & { readonly runs: readonly RunFigures[] })[];
  readonly capacity?: CapacityFile['capacity'];
}

/** Puts a file together: nothing in it depends on the machine or on who ran which point. */
export function assemble(parts: FileParts): CapacityFile {
  const { base, variations, links, capacity } = parts;
  const file: CapacityFile = {
    schemaVersion: 1,
    kind: parts.kind,
    deadairVersion: DEADAIR_VERSION,
    command: parts.command,
    scenario: {
      name: base.name,
      description: base.description,
      hash: scenarioHash(base),
      options: base as unknown as Record<string, unknown>,
    },
    overrides: [...parts.overrides],
    variations: variations.map(({ key, values }) => ({ key, values: [...values] })),
    links: links.map(({ key, expression, atLeast }) => ({
      key,
      expression: atLeast === undefined ? expression : `${expression}, at least ${atLeast}`,
    })),
    seeds: [...parts.seeds],
    levels: Object.entries(base.expectations).flatMap(([metric, entries]) =>
      entries.map((entry) =>
        typeof entry === 'string'
          ? { metric, expression: entry, level: 'fail' as const }
          : { metric, expression: entry.expect, level: entry.level },
      ),
    ),
    figures: parts.figures,
    settings: parts.settings.map(settingResult),
    prices: pricesOf(costOptions(base)),
    analysis: { cliffs: [], pareto: null, recommendation: null },
    ...(capacity === undefined ? {} : { capacity }),
  };
  return { ...file, analysis: analyse(file) };
}

function settingResult({ setting, scenario, runs }: FileParts['settings'][number]): CapacityFile['settings'][number] {
  const { values, overrides } = setting;
  const own = { values: [...values], overrides: [...overrides], runs: [...runs] };
  if (scenario instanceof DeadairError) {
    const { code, message } = scenario;
    return { ...own, problem: { code, message }, thresholds: null, cost: null };
  }
  const { enableThreshold: enable, disableThreshold: disable } = resolvePolicy(scenario);
  return { ...own, thresholds: { enable, disable }, cost: meanCost(scenario, runs) };
}

function pricesOf({ prices, traffic, hoursPerMonth }: CostOptions): CapacityFile['prices'] {
  const { id, title, date, source } = prices;
  return {
    id,
    title,
    date,
    source,
    traffic: { title: traffic.title, date: traffic.date, source: traffic.source },
    hoursPerMonth,
    budgets: BUDGETS.map(({ document, totalUsd, toleranceShare }) => ({ document, totalUsd, toleranceShare })),
  };
}

/** The bill of a month with the mean traffic of all seeds. */
function meanCost(scenario: Scenario, runs: readonly RunFigures[]): CapacityFile['settings'][number]['cost'] {
  let sfuBytes = 0;
  let relayBytes = 0;
  let seconds = 0;
  for (const { metrics, simulatedSeconds } of runs) {
    const [sfu, relay] = [metrics.sfu_egress_mb, metrics.relay_egress_mb];
    if (sfu === undefined || sfu.kind === 'histogram' || sfu.value === null || simulatedSeconds === undefined) continue;
    sfuBytes += sfu.value * 1e6;
    relayBytes += relay === undefined || relay.kind === 'histogram' ? 0 : (relay.value ?? 0) * 1e6;
    seconds += simulatedSeconds;
  }
  if (seconds === 0) return null;
  const { items, ...sums } = scenarioCost(scenario, { sfuBytes, relayBytes, seconds });
  return { ...sums, items: [...items] };
}
