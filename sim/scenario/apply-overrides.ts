import { parse } from 'yaml';
import { DeadairError } from '../errors.js';
import { didYouMean } from './did-you-mean.js';
import { type JsonSchema, scenarioJsonSchema, schemaAt } from './json-schema.js';

/** One `--set key=value`, parsed. */
export interface Override {
  /** As it was written, e.g. `policy.enableThreshold=10`. */
  readonly text: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Applies overrides such as `policy.enableThreshold=10` or `faults.0.atS=60` to a scenario that has not been checked yet. Values are
 * read as YAML scalars (or flow lists and maps) unless the schema wants a text there.
 * @returns a changed copy, and the parsed overrides so that errors can name them
 * @throws DeadairError `override.syntax` or `override.unknown-key`
 */
export function applyOverrides(
  input: Readonly<Record<string, unknown>>,
  texts: readonly string[],
): { input: Record<string, unknown>; overrides: Override[] } {
  const result = structuredClone(input) as Record<string, unknown>;
  const overrides = texts.map((text) => {
    const override = parseOverride(text, result);
    assign(result, override);
    return override;
  });
  return { input: result, overrides };
}

function parseOverride(text: string, input: unknown): Override {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new DeadairError(
      'override.syntax',
      `--set ${text}: write key=value, for example --set population.clients=100`,
    );
  }
  const key = text.slice(0, equals).trim();
  const path = key.split('.');
  if (path.includes('') || path.includes('__proto__')) {
    throw new DeadairError(
      'override.syntax',
      `--set ${text}: "${key}" is no key; write for example policy.enableThreshold=10`,
    );
  }
  const root = scenarioJsonSchema();
  for (let depth = 1; depth <= path.length; depth++) {
    if (schemaAt(root, path.slice(0, depth), input) === undefined) throw unknownKey(text, root, path, depth, input);
  }
  return { text, path, value: readValue(text.slice(equals + 1), schemaAt(root, path, input)?.schema) };
}

function unknownKey(
  text: string,
  root: JsonSchema,
  path: readonly string[],
  depth: number,
  input: unknown,
): DeadairError {
  const parent = schemaAt(root, path.slice(0, depth - 1), input);
  const key = path[depth - 1] ?? '';
  const prefix = path.slice(0, depth - 1);
  const known = (parent?.keys ?? []).map((name) => [...prefix, name].join('.'));
  const leaf = path.at(-1) ?? '';
  // `--set clients=10` means population.clients.
  const elsewhere = leafPaths(root).filter((candidate) => candidate.split('.').at(-1) === leaf);
  const hint =
    elsewhere[0] !== undefined ? `; did you mean "${elsewhere[0]}"?` : didYouMean([...prefix, key].join('.'), known);
  const problem =
    known.length === 0
      ? `"${prefix.join('.')}" has no fields`
      : `"${path.slice(0, depth).join('.')}" is no known key${hint}`;
  return new DeadairError('override.unknown-key', `--set ${text}: ${problem}`);
}

/** Dotted paths of every field that has a fixed name. */
function leafPaths(schema: JsonSchema, prefix = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) =>
    field.properties === undefined ? [`${prefix}${key}`] : leafPaths(field, `${prefix}${key}.`),
  );
}

function readValue(text: string, schema: JsonSchema | undefined): unknown {
  if (schema?.type === 'string') return text;
  try {
    return parse(text, { version: '1.2', schema: 'core' }) as unknown;
  } catch {
    return text; // the schema will say what was expected
  }
}

function assign(root: Record<string, unknown>, { text, path, value }: Override): void {
  let place = root;
  for (const [index, key] of path.entries()) {
    if (Array.isArray(place) && Number(key) > place.length) throw pastTheEnd(text, path.slice(0, index), place.length);
    if (index === path.length - 1) {
      place[key] = value;
      return;
    }
    const next = Object.hasOwn(place, key) ? place[key] : undefined;
    if (typeof next !== 'object' || next === null) place[key] = /^\d+$/.test(path[index + 1] ?? '') ? [] : {};
    place = place[key] as Record<string, unknown>;
  }
}

function pastTheEnd(text: string, path: readonly string[], length: number): DeadairError {
  const list = path.join('.');
  const message = `--set ${text}: ${list} has ${length} entries; the next one is ${list}.${length}`;
  return new DeadairError('override.unknown-key', message);
}

/** The override that a problem at `path` comes from, if any. */
export function overrideOf(overrides: readonly Override[], path: readonly PropertyKey[]): Override | undefined {
  const keys = path.map(String);
  return overrides.findLast((override) => override.path.every((key, index) => keys[index] === key));
}
