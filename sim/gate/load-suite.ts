import { readFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import { DeadairError } from '../errors.js';
import { describeIssue } from '../scenario/describe-issue.js';
import { didYouMean, loadWritten, type Scenario, type ScenarioInput, scenarioHash } from '../scenario/index.js';
import { readModule } from '../scenario/read-module.js';
import { readYaml } from '../scenario/read-yaml.js';
import type { Locate } from '../scenario/resolve-scenario.js';
import type { Suite, SuiteEntry } from './suite.js';
import { type SuiteInput, type SuiteOptions, suiteJsonSchema, suiteSchema } from './suite-schema.js';

/** What a suite may name. */
export interface Catalogue {
  readonly scenarios: readonly ScenarioInput[];
  readonly suites: readonly SuiteInput[];
}

type Entry = Exclude<SuiteOptions['scenarios'][number], string>;

/**
 * Loads a suite: a built-in one by name, or a file (`.yaml`, `.yml`, `.ts`, `.mts`, `.js`, `.mjs`), with all its scenarios.
 * @param options `seeds`: so many instead of its own
 * @throws DeadairError when it does not exist or is not valid; one line that names the place and the fix
 */
export async function loadSuite(
  reference: string,
  options: { readonly catalogue: Catalogue; readonly seeds?: number },
): Promise<Suite> {
  const { catalogue } = options;
  const { input, locate } = await readSuite(reference, catalogue.suites);
  const parsed = suiteSchema.safeParse(input);
  if (!parsed.success) {
    const { path, message, atKey } = describeIssue(parsed.error.issues[0]!, input, suiteJsonSchema());
    throw invalid(reference, locate, path, message, atKey);
  }
  const { name, description, scenarios } = parsed.data;
  const folder = isFile(reference) ? dirname(reference) : '.';
  const entries: SuiteEntry[] = [];
  for (const [index, item] of scenarios.entries()) {
    const given: Entry = typeof item === 'string' ? { scenario: item } : item;
    const fail = (error: unknown) =>
      error instanceof DeadairError
        ? invalid(reference, locate, ['scenarios', index], `${given.scenario}: ${error.message}`)
        : error;
    const entry = await loadEntry(given, parsed.data, folder, options).catch((error: unknown) => {
      throw fail(error);
    });
    if (entries.some((other) => other.name === entry.name)) {
      const message = `there is another scenario "${entry.name}" in the suite; give one of them a name of its own`;
      throw invalid(reference, locate, ['scenarios', index], message);
    }
    entries.push(entry);
  }
  const identity = entries.map((entry) => [entry.name, entry.hash, entry.levels, entry.seeds]);
  return { name, reference, description, hash: scenarioHash({ name, identity }), entries };
}

async function loadEntry(
  { scenario: reference, name, set, seeds, aggregation, expectations }: Entry,
  suite: SuiteOptions,
  folder: string,
  { catalogue, seeds: count }: { readonly catalogue: Catalogue; readonly seeds?: number },
): Promise<SuiteEntry> {
  const path = isFile(reference) && !isAbsolute(reference) ? join(folder, reference) : reference;
  const builtIn = catalogue.scenarios;
  const plain = overridesOf(set);
  const own = (await loadWritten(path, { builtIn, overrides: plain })).scenario.expectations;
  const overrides = [...plain, ...extraLevels(own, [suite.expectations, expectations ?? {}])];
  const { scenario, written } = await loadWritten(path, { builtIn, overrides });
  const { expectations: _, description: __, ...world } = written;
  const over = aggregation ?? suite.aggregation;
  return {
    name: name ?? scenario.name,
    reference: path,
    overrides,
    scenario: over === 'pooled' ? withSamples(scenario) : scenario,
    hash: scenarioHash({ ...world, traces: scenario.network.traces }),
    levels: scenarioHash({ over, expectations: scenario.expectations }),
    over,
    seeds: seedsOf(count ?? seeds ?? suite.seeds),
  };
}

/** The same levels; those that do not say otherwise are judged over the samples of all seeds, so that runs keep them. */
function withSamples(scenario: Scenario): Scenario {
  const pooled = (entry: Scenario['expectations'][string][number]) =>
    typeof entry === 'string'
      ? { expect: entry, level: 'fail' as const, over: 'pooled' as const }
      : { over: 'pooled' as const, ...entry };
  const levels = Object.entries(scenario.expectations).map(([metric, entries]) => [metric, entries.map(pooled)]);
  return { ...scenario, expectations: Object.fromEntries(levels) as Scenario['expectations'] };
}

/** Service levels of a suite as overrides, so that `deadair run` judges the same. */
function extraLevels(
  own: SuiteOptions['expectations'],
  extra: readonly SuiteOptions['expectations'][],
): readonly string[] {
  const metrics = new Set(extra.flatMap((levels) => Object.keys(levels)));
  return [...metrics].map((metric) => {
    const all = [own, ...extra].flatMap((levels) => levels[metric] ?? []);
    return `expectations.${metric}=${JSON.stringify(all)}`;
  });
}

function overridesOf(set: Entry['set']): string[] {
  if (set === undefined) return [];
  if (Array.isArray(set)) return set;
  return Object.entries(set).map(
    ([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
}

function seedsOf(seeds: number | readonly number[]): number[] {
  if (typeof seeds !== 'number') return [...new Set(seeds)];
  return Array.from({ length: seeds }, (_, index) => index + 1);
}

async function readSuite(
  reference: string,
  builtIn: readonly SuiteInput[],
): Promise<{ input: Readonly<Record<string, unknown>> | SuiteInput; locate: Locate }> {
  const extension = extname(reference).toLowerCase();
  if (isFile(reference)) {
    const text = await readFile(reference, 'utf8').catch((error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? 'unknown error'})`;
      throw new DeadairError('file.unreadable', `${reference} ${reason}; check the path`);
    });
    if (extension === '.yaml' || extension === '.yml') {
      const { value, locate } = readYaml(text, reference, 'suite');
      return { input: value, locate };
    }
    return { input: await readModule(reference, 'suite'), locate: () => reference };
  }
  const found = builtIn.find(({ name }) => name === reference);
  if (found !== undefined) return { input: found, locate: () => undefined };
  const names = builtIn.map(({ name }) => name);
  throw new DeadairError(
    'suite.unknown',
    `there is no suite "${reference}"${didYouMean(reference, names)} (a file must end in .yaml, .yml, .ts, .js or .mjs)`,
  );
}

function isFile(reference: string): boolean {
  return ['.yaml', '.yml', '.ts', '.mts', '.js', '.mjs'].includes(extname(reference).toLowerCase());
}

function invalid(
  reference: string,
  locate: Locate,
  path: readonly PropertyKey[],
  message: string,
  atKey = false,
): DeadairError {
  const place = locate(path, atKey) ?? `suite ${reference}`;
  return new DeadairError('suite.invalid', `${place}: ${path.map(String).join('.') || 'suite'}: ${message}`);
}
