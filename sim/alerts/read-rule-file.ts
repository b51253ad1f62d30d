import { z } from 'zod';
import { DeadairError } from '../errors.js';
import { describeIssue } from '../scenario/describe-issue.js';
import type { JsonSchema } from '../scenario/json-schema.js';
import { readYaml } from '../scenario/read-yaml.js';
import { compileRules } from './alert-rule.js';
import { type RuleFile, ruleFileSchema } from './rule-file-schema.js';

/**
 * Reads a Prometheus rule file.
 * @param text YAML
 * @param name what to call it in errors: its path as the user gave it
 * @throws DeadairError `rules.invalid` with line and column in the file, and within the expression
 */
export function readRuleFile(text: string, name: string): RuleFile {
  const { value, locate } = readYaml(text, name, 'rule file');
  const fail = (path: readonly PropertyKey[], atKey: boolean, message: string): never => {
    throw new DeadairError(
      'rules.invalid',
      `${locate(path, atKey)}: ${path.map(String).join('.') || 'rules'}: ${message}`,
    );
  };
  const record = recordingRule(value);
  if (record !== null)
    fail(record, true, 'recording rules are not evaluated here; write their expression into the alert');
  const parsed = ruleFileSchema.safeParse(value);
  if (!parsed.success) {
    const schema = z.toJSONSchema(ruleFileSchema, { io: 'input' }) as JsonSchema;
    const { issues } = parsed.error;
    // a key that is wrong explains one that is missing
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? (issues[0] as z.core.$ZodIssue);
    const { path, message, atKey } = describeIssue(issue, value, schema);
    return fail(path, atKey, message);
  }
  const problem = compileRules(parsed.data).problems[0];
  if (problem !== undefined) fail(problem.path, false, problem.message);
  return parsed.data;
}

function recordingRule(value: unknown): readonly PropertyKey[] | null {
  const groups = (value as { groups?: unknown }).groups;
  for (const [group, each] of (Array.isArray(groups) ? groups : []).entries()) {
    const rules = (each as { rules?: unknown } | null)?.rules;
    const index = (Array.isArray(rules) ? rules : []).findIndex(
      (rule) => typeof rule === 'object' && rule !== null && 'record' in rule,
    );
    if (index >= 0) return ['groups', group, 'rules', index, 'record'];
  }
  return null;
}
