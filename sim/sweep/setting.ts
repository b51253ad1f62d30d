import { DeadairError } from '../errors.js';
import { type Link, linkedValue } from './link.js';
import type { Variation } from './variation.js';

/** One combination of values. */
export interface Setting {
  /** One for each variation, in their order. */
  readonly values: readonly string[];
  /** What it overrides in the scenario: values, then what is linked to them. */
  readonly overrides: readonly string[];
}

const SETTINGS_MAX = 100_000;

/**
 * Every combination of values, the last variation changing fastest.
 * @throws DeadairError `vary.syntax` when a field is varied twice or there are too many; `with.value`
 */
export function settingsOf(variations: readonly Variation[], links: readonly Link[]): Setting[] {
  for (const [index, { key }] of variations.entries()) {
    if (variations.findIndex((other) => other.key === key) < index)
      throw new DeadairError('vary.syntax', `--vary ${key} is given twice; join them: --vary ${key}=1..3,8`);
  }
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > SETTINGS_MAX)
    throw new DeadairError('vary.syntax', `these are ${count} settings, at most ${SETTINGS_MAX} can be run; vary less`);
  let rows: readonly (readonly string[])[] = [[]];
  for (const { values } of variations) rows = rows.flatMap((row) => values.map((value) => [...row, value]));
  return rows.map((values) => settingOf(variations, links, values));
}

/**
 * Makes sure that nothing that is given for every setting is lost beneath what is varied or follows.
 * @param given texts of `--set`
 * @throws DeadairError `vary.syntax`
 */
export function refuseLost(given: readonly string[], varied: readonly string[], linked: readonly string[]): void {
  for (const text of given) {
    const key = (text.split('=')[0] ?? '').trim();
    const other = varied.includes(key) ? '--vary' : linked.includes(key) ? '--with' : null;
    if (other === null) continue;
    throw new DeadairError('vary.syntax', `--set ${text}: ${other} gives ${key} its values; leave out one of them`);
  }
}

/** The setting with these values. */
export function settingOf(
  variations: readonly Pick<Variation, 'key'>[],
  links: readonly Link[],
  values: readonly string[],
): Setting {
  const overrides = variations.map(({ key }, index) => `${key}=${values[index]}`);
  for (const link of links) {
    const index = variations.findIndex(({ key }) => key === link.source);
    overrides.push(`${link.key}=${linkedValue(link, values[index] as string)}`);
  }
  return { values, overrides };
}
