import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { readRuleFile } from '../alerts/read-rule-file.js';
import { DeadairError } from '../errors.js';
import { parseMahimahi } from '../net/mahimahi.js';
import { nodeProfileSchema } from '../sfu/capacity/index.js';
import { applyOverrides } from './apply-overrides.js';
import { didYouMean } from './did-you-mean.js';
import { readModule } from './read-module.js';
import { readYaml } from './read-yaml.js';
import { type Locate, resolveScenario } from './resolve-scenario.js';
import type { Scenario, ScenarioInput } from './scenario.js';

/**
 * Loads a scenario: a built-in one by name, or a file (`.yaml`, `.yml`, `.ts`, `.mts`, `.js`, `.mjs`).
 * @param reference name or path as the user gave it
 * @param options `builtIn`: the catalogue; `overrides`: texts of `--set`
 * @throws DeadairError when it does not exist or is not valid; one line that names the place and the fix
 */
export async function loadScenario(
  reference: string,
  options: { readonly builtIn: readonly ScenarioInput[]; readonly overrides?: readonly string[] },
): Promise<Scenario> {
  return (await loadWritten(reference, options)).scenario;
}

/** The same, and the scenario as it is written, after overrides: without the defaults of this version of deadair. */
export async function loadWritten(
  reference: string,
  options: { readonly builtIn: readonly ScenarioInput[]; readonly overrides?: readonly string[] },
): Promise<{ scenario: Scenario; written: Readonly<Record<string, unknown>> }> {
  const { input, locate } = await readScenario(reference, options.builtIn);
  const overrides = options.overrides ?? [];
  const scenario = await withRules(await withProfile(await withTraces(resolveScenario(input, { overrides, locate }))));
  return { scenario, written: applyOverrides(input as Record<string, unknown>, overrides).input };
}

async function readScenario(
  reference: string,
  builtIn: readonly ScenarioInput[],
): Promise<{ input: Readonly<Record<string, unknown>> | ScenarioInput; locate: Locate }> {
  const extension = extname(reference).toLowerCase();
  if (extension === '.yaml' || extension === '.yml') {
    const { value, locate } = readYaml(await readText(reference), reference);
    return { input: named(value, reference), locate };
  }
  if (['.ts', '.mts', '.js', '.mjs'].includes(extension)) {
    await readText(reference); // says in one line that it is not there
    return { input: named(await readModule(reference), reference), locate: () => reference };
  }
  const found = builtIn.find((scenario) => scenario.name === reference);
  if (found !== undefined) return { input: found, locate: () => undefined };
  const names = builtIn.map((scenario) => scenario.name);
  const hint = didYouMean(reference, names);
  throw new DeadairError(
    'scenario.unknown',
    `there is no scenario "${reference}"${hint} (\`deadair list\` shows all; a file must end in .yaml, .yml, .ts, .js or .mjs)`,
  );
}

function named(value: Readonly<Record<string, unknown>>, path: string): Readonly<Record<string, unknown>> {
  return 'name' in value ? value : { name: basename(path, extname(path)), ...value };
}

/** Reads the capacity traces that a scenario names, so that it stands on its own from then on. */
async function withTraces(scenario: Scenario): Promise<Scenario> {
  const files = Object.entries(scenario.network.traceFiles);
  if (files.length === 0) return scenario;
  const traces = { ...scenario.network.traces };
  for (const [name, path] of files) {
    traces[name] = await readText(path);
    parseMahimahi(traces[name], path);
  }
  return { ...scenario, network: { ...scenario.network, traces } };
}

/** Reads the node profile that a scenario names, likewise. */
async function withProfile(scenario: Scenario): Promise<Scenario> {
  const { sfuNode } = scenario.topology;
  const path = sfuNode?.profileFile;
  if (sfuNode === undefined || path === undefined) return scenario;
  let value: unknown;
  try {
    value = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof DeadairError) throw error;
    throw new DeadairError('profile.invalid', `${path} is no JSON; write it with deadair calibrate --out`);
  }
  const parsed = nodeProfileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'the profile';
    throw new DeadairError('profile.invalid', `${path}: ${field}: ${issue?.message}; see deadair calibrate --help`);
  }
  return { ...scenario, topology: { ...scenario.topology, sfuNode: { ...sfuNode, profileData: parsed.data } } };
}

/** Reads the rule file that a scenario names. */
async function withRules(scenario: Scenario): Promise<Scenario> {
  const { alerts } = scenario;
  if (alerts === undefined || typeof alerts.rules !== 'string' || alerts.rules === 'builtin') return scenario;
  return { ...scenario, alerts: { ...alerts, rules: readRuleFile(await readText(alerts.rules), alerts.rules) } };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new DeadairError('file.unreadable', `${path} ${reason}; check the path`);
  }
}
