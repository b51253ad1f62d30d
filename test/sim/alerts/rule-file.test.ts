import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricCatalogue } from '../../../core/metrics.js';
import { compileRules } from '../../../sim/alerts/alert-rule.js';
import { metricNames } from '../../../sim/alerts/promql/expression.js';
import { readRuleFile } from '../../../sim/alerts/read-rule-file.js';
import { builtInRules } from '../../../sim/alerts/scenario-rules.js';
import { VOICE_RULES } from '../../../sim/alerts/voice-rules.js';
import { resolveScenario } from '../../../sim/scenario/index.js';

const file = (rule: string) => `groups:\n  - name: a\n    rules:\n      - ${rule}\n`;

describe('rule files', () => {
  it('the one for a real Prometheus is the one that is shipped', () => {
    expect(readFileSync('scenarios/alerts/voice.rules.yaml', 'utf8')).toBe(VOICE_RULES);
  });

  it('the built-in rules ask only for what somebody exports', () => {
    const exported = new Set<string>(['up', 'redis_up', ...metricCatalogue.map(({ name }) => name)]);
    const asked = compileRules(builtInRules()).groups.flatMap(({ rules }) =>
      rules.flatMap(({ expression }) => metricNames(expression)),
    );
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !exported.has(name.replace(/_bucket$/, '')))).toEqual([]);
  });

  it.each([
    [
      'alert: A\n        expr: rat(x[5m]) > 1',
      'r.yaml:5:15: groups.0.rules.0.expr: line 1, column 1',
      'did you mean "rate"',
    ],
    ['alert: A\n        exp: x > 1', 'r.yaml:5:9: groups.0.rules.0.exp', 'did you mean "expr"'],
    ['alert: A\n        expr: x\n        for: 5 minutes', 'r.yaml:6:14: groups.0.rules.0.for', 'such as 30s'],
    ['record: a:b\n        expr: x', 'r.yaml:4:9: groups.0.rules.0.record', 'recording rules'],
    ['alert: A\n        expr: [x', 'r.yaml:6:1', 'Flow sequence'],
  ])('%s', (rule, place, problem) => {
    expect(() => readRuleFile(file(rule), 'r.yaml')).toThrow(place);
    expect(() => readRuleFile(file(rule), 'r.yaml')).toThrow(problem);
  });

  it('inline rules of a scenario are checked with it', () => {
    const rules = { groups: [{ name: 'a', rules: [{ alert: 'A', expr: 'sum(' }] }] };
    expect(() => resolveScenario({ name: 'x', alerts: { rules } })).toThrow(
      /alerts.rules.groups.0.rules.0.expr: line 1/,
    );
  });
});
