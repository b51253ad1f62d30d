import { formatNumber } from '../format.js';
import type { CapacityFile } from './schema.js';

/** Everything that went in, by name. */
export function inputs(file: CapacityFile): [term: string, text: string][] {
  const { prices, scenario } = file;
  return [
    ['command', `\`${file.command}\``],
    ['scenario', `${scenario.name} (${scenario.hash})`],
    ['overrides', file.overrides.length === 0 ? 'none' : file.overrides.map((text) => `\`${text}\``).join(', ')],
    ...file.variations.map(({ key, values }): [string, string] => [`varied`, `\`${key}\` = ${values.join(', ')}`]),
    ...file.links.map(({ key, expression }): [string, string] => ['linked', `\`${key}\` = ${expression}`]),
    ['seeds', file.seeds.length > 20 ? `${file.seeds[0]} to ${file.seeds.at(-1)}` : file.seeds.join(', ')],
    ['levels', file.levels.map(({ metric, expression }) => `\`${metric} ${expression}\``).join(', ') || 'none'],
    ['prices of servers', `${prices.title}, ${prices.date} (${prices.source})`],
    ['prices of traffic', `${prices.traffic.title}, ${prices.traffic.date} (${prices.traffic.source})`],
    ['hours of a month like this', formatNumber(prices.hoursPerMonth)],
    ['deadair', file.deadairVersion],
  ];
}
