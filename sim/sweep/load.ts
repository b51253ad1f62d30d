import { DeadairError } from '../errors.js';
import type { Link } from './link.js';
import { type Setting, settingOf } from './setting.js';

/** The members of a single channel, instead of a field. */
export const CHANNEL_SIZE = 'channel-size';

/** What is made larger and larger. */
export interface Load {
  /** A field of the scenario, or {@link CHANNEL_SIZE}. */
  readonly key: string;
  /** null: as the scenario suggests. */
  readonly min: number | null;
  readonly max: number | null;
}

const LOAD = /^([A-Za-z][\w.-]*)(?:=(\d+)\.\.(\d+))?$/;

/**
 * Reads `--load key=min..max`.
 * @throws DeadairError `load.syntax`
 */
export function parseLoad(text: string): Load {
  const match = LOAD.exec(text.trim());
  const example = `write for example --load population.clients=100..5000 or --load ${CHANNEL_SIZE}=2..200`;
  if (match === null) throw new DeadairError('load.syntax', `--load ${text}: ${example}`);
  const [, key = '', min, max] = match;
  if (min === undefined) return { key, min: null, max: null };
  if (Number(min) < 1 || Number(min) >= Number(max) || !Number.isSafeInteger(Number(max)))
    throw new DeadairError('load.syntax', `--load ${text}: whole numbers from 1, the first one smaller; ${example}`);
  return { key, min: Number(min), max: Number(max) };
}

/** The setting with a load. */
export function loadSettingOf({ key }: Pick<Load, 'key'>, links: readonly Link[], load: number): Setting {
  const setting = settingOf([{ key }], links, [String(load)]);
  if (key !== CHANNEL_SIZE) return setting;
  const own = ['membersMin', 'membersMax', 'clients'].map((field) => `population.${field}=${load}`);
  return { values: setting.values, overrides: ['population.channels=1', ...own, ...setting.overrides.slice(1)] };
}

/**
 * Service levels of `--slo 'metric: expression'` as overrides: they take the place of what the scenario expects of the same metric.
 * @throws DeadairError `slo.syntax`
 */
export function levelOverrides(texts: readonly string[]): string[] {
  const levels = new Map<string, string[]>();
  for (const text of texts) {
    const [, metric = '', expression = ''] = /^\s*([a-z0-9_]+)\s*:\s*(\S.*?)\s*$/.exec(text) ?? [];
    if (metric === '')
      throw new DeadairError('slo.syntax', `--slo ${text}: write for example --slo 'join_latency_ms: p(95)<800'`);
    levels.set(metric, [...(levels.get(metric) ?? []), expression]);
  }
  return [...levels].map(([metric, expressions]) => `expectations.${metric}=${JSON.stringify(expressions)}`);
}
