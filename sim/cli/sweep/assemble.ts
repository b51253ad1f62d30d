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

/**
 * The bill of a month with the mean traffic of all seeds; null when nothing tells of traffic. Worlds with voice count it themselves, those with a
 * model of SFU nodes reckon it; these also know how many nodes have run.
 */
function meanCost(scenario: Scenario, runs: readonly RunFigures[]): CapacityFile['settings'][number]['cost'] {
  let sfuBytes = 0;
  let relayBytes = 0;
  let seconds = 0;
  let nodeHours = 0;
  for (const run of runs) {
    const gb = plainValue(run, 'sfu_egress_gb');
    const sent = plainValue(run, 'sfu_egress_mb') ?? (gb === null ? null : gb * 1_000);
    if (sent === null || run.simulatedSeconds === undefined) continue;
    sfuBytes += sent * 1e6;
    relayBytes += (plainValue(run, 'relay_egress_mb') ?? 0) * 1e6;
    seconds += run.simulatedSeconds;
    nodeHours += plainValue(run, 'sfu_node_hours') ?? (scenario.topology.sfuNodes * run.simulatedSeconds) / 3_600;
  }
  if (seconds === 0) return null;
  const sfuNodes = (nodeHours * 3_600) / seconds;
  const topology = { ...scenario.topology, sfuNodes };
  const { items, ...sums } = scenarioCost({ ...scenario, topology }, { sfuBytes, relayBytes, seconds });
  return { ...sums, items: [...items] };
}

/** The value of a metric that is no histogram. */
function plainValue({ metrics }: RunFigures, name: string): number | null {
  const metric = metrics[name];
  return metric === undefined || metric.kind === 'histogram' ? null : metric.value;
}
