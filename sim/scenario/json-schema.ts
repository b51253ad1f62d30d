import { z } from 'zod';
import { scenarioSchema } from './schema/scenario-schema.js';

/** The parts of a JSON Schema that we read. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly description?: string;
  readonly [key: string]: unknown;
}

/** What a schema says about one place in a scenario. */
export interface SchemaPlace {
  readonly schema: JsonSchema;
  /** Keys that may stand there; empty when any key may. */
  readonly keys: readonly string[];
  /** For a choice by `kind`: the field and its values. */
  readonly discriminator?: { readonly field: string; readonly values: readonly string[] };
}

let cached: JsonSchema | undefined;

/** JSON Schema (draft 2020-12) of a scenario as it is written, for editors. */
export function scenarioJsonSchema(): JsonSchema {
  cached ??= {
    title: 'deadair scenario',
    ...(z.toJSONSchema(scenarioSchema, { io: 'input' }) as JsonSchema),
  };
  return cached;
}

/**
 * The schema of the place at `path`, or undefined when there is no such place.
 * @param input the scenario as far as it is there: decides between the branches of a choice by `kind`
 */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[], input?: unknown): SchemaPlace | undefined {
  let schema: JsonSchema | undefined = root;
  let value = input;
  for (const key of path) {
    if (schema === undefined) return undefined;
    schema = child(narrow(schema, value), key);
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return schema === undefined ? undefined : place(schema, value);
}

function place(schema: JsonSchema, value: unknown): SchemaPlace {
  const narrowed = narrow(schema, value);
  const keys = Object.keys(narrowed.properties ?? {});
  const branches = schema.oneOf ?? schema.anyOf ?? [];
  const field = discriminatorOf(branches);
  if (field === undefined) return { schema: narrowed, keys };
  const values = branches.map((branch) => String(branch.properties?.[field]?.const));
  return { schema: narrowed, keys, discriminator: { field, values } };
}

/** The branch of a choice that `value` belongs to, else all branches in one. */
function narrow(schema: JsonSchema, value: unknown): JsonSchema {
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches === undefined) return schema;
  const field = discriminatorOf(branches);
  const kind = field === undefined ? undefined : (value as Record<string, unknown> | undefined)?.[field];
  const match = branches.find((branch) => field !== undefined && branch.properties?.[field]?.const === kind);
  if (match !== undefined) return match;
  const properties: Record<string, JsonSchema> = {};
  for (const branch of branches) Object.assign(properties, branch.properties);
  const items = branches.find((branch) => branch.items !== undefined)?.items;
  return { ...(Object.keys(properties).length > 0 ? { properties } : {}), ...(items === undefined ? {} : { items }) };
}

function discriminatorOf(branches: readonly JsonSchema[]): string | undefined {
  const first = branches[0]?.properties ?? {};
  return Object.keys(first).find((key) => branches.every((branch) => branch.properties?.[key]?.const !== undefined));
}

function child(schema: JsonSchema, key: PropertyKey): JsonSchema | undefined {
  const own = schema.properties;
  if (own !== undefined && Object.hasOwn(own, key)) return own[String(key)];
  if (schema.items !== undefined && /^\d+$/.test(String(key))) return schema.items;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}
