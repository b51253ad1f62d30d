import type { z } from 'zod';
import { didYouMean } from './did-you-mean.js';
import { type JsonSchema, schemaAt } from './json-schema.js';

type Issue = z.core.$ZodIssue;

/** A thing that is wrong with a scenario. */
export interface Problem {
  /** Where, from the root of the scenario; for an unknown key including that key. */
  readonly path: readonly PropertyKey[];
  /** What is wrong and what to do, without the path. */
  readonly message: string;
  /** The key itself is wrong, not its value. */
  readonly atKey: boolean;
}

/** Says in one sentence what zod found. `input` is what was checked, `schema` the JSON Schema of it (for "did you mean"). */
export function describeIssue(issue: Issue, input: unknown, schema: JsonSchema): Problem {
  const value = valueAt(input, issue.path);
  const at = (message: string): Problem => ({ path: issue.path, message, atKey: false });
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0] ?? '';
      const parent = schemaAt(schema, issue.path, input);
      return {
        path: [...issue.path, key],
        message: `is no known key${didYouMean(key, parent?.keys ?? [])}`,
        atKey: true,
      };
    }
    case 'invalid_type':
      if (value === undefined) return at(`is missing; it must be ${expected(issue.expected)}`);
      return at(`must be ${expected(issue.expected)}, not ${show(value)}`);
    case 'invalid_value': {
      const known = issue.values.map(String);
      return at(
        `cannot be ${show(value)}${typeof value === 'string' ? didYouMean(value, known) : `; known: ${known.join(', ')}`}`,
      );
    }
    case 'too_small':
      if (issue.origin === 'array' && Number(issue.minimum) === 1) return at('must not be empty');
      return at(`${limit(issue.origin, issue.inclusive ? 'at least' : 'above', issue.minimum)}, not ${show(value)}`);
    case 'too_big':
      return at(`${limit(issue.origin, issue.inclusive ? 'at most' : 'below', issue.maximum)}, not ${show(value)}`);
    case 'invalid_union':
      return describeUnion(issue, input, schema, value);
    case 'invalid_format':
      return at(`${customMessage(issue.message) ?? 'has the wrong form'}, not ${show(value)}`);
    default:
      return at(customMessage(issue.message) ?? 'is not valid');
  }
}

function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  schema: JsonSchema,
  value: unknown,
): Problem {
  const parent = schemaAt(schema, issue.path.slice(0, -1), input);
  const kinds = parent?.discriminator?.values ?? [];
  if (kinds.length > 0 && issue.errors.length === 0) {
    const message =
      value === undefined
        ? `is missing; known: ${kinds.join(', ')}`
        : `cannot be ${show(value)}${didYouMean(String(value), kinds)}`;
    return { path: issue.path, message, atKey: false };
  }
  // The branch that got furthest is the one that was meant.
  const branches = issue.errors.map((errors) => errors[0]).filter((error) => error !== undefined);
  const deepest = branches.sort((a, b) => b.path.length - a.path.length || rank(a) - rank(b))[0];
  if (deepest !== undefined && (deepest.path.length > 0 || deepest.code === 'unrecognized_keys')) {
    return describeIssue({ ...deepest, path: [...issue.path, ...deepest.path] } as Issue, input, schema);
  }
  const types = branches.flatMap((error) => (error.code === 'invalid_type' ? [expected(error.expected)] : []));
  return { path: issue.path, message: `must be ${types.join(' or ')}, not ${show(value)}`, atKey: false };
}

function rank(issue: Issue): number {
  return issue.code === 'unrecognized_keys' ? 0 : 1;
}

function expected(type: string): string {
  if (type === 'int') return 'a whole number';
  if (type === 'object' || type === 'record') return 'a group of fields';
  if (type === 'array') return 'a list';
  if (type === 'boolean') return 'true or false';
  return `a ${type === 'string' ? 'text' : type}`;
}

function limit(origin: string, word: string, bound: number | bigint): string {
  if (origin === 'array') return `must have ${word} ${bound} entries`;
  if (origin === 'string') return `must have ${word} ${bound} characters`;
  return `must be ${word} ${bound}`;
}

/** Messages of our own schemas begin with a lower-case letter, zod's with a capital. */
function customMessage(message: string): string | undefined {
  return /^[a-z]/.test(message) ? message : undefined;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of fields';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The value at a path, or undefined. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
