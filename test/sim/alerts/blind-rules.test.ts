import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../sim/alerts/alert-rule.js';
import type { Alerting } from '../../../sim/alerts/alerting.js';
import { parsePromql } from '../../../sim/alerts/promql/parse-promql.js';
import { yieldsWithout } from '../../../sim/alerts/promql/yields-without.js';
import { alertsResult } from '../../../sim/world/alerts-result.js';
import { evaluate, load, MINUTE, series, steps } from './series.js';

/** What every world exports, and what only a world with machines does. */
const always = [
  [series('up', { job: 'voice-sfu' }), steps(0, 0, 10)],
  [series('voice_sfu_rooms', { job: 'voice-sfu' }), steps(50, 0, 10)],
] as const;
const machines = [
  [series('voice_sfu_cpu_share', { job: 'voice-sfu' }), steps(0.9, 0, 10)],
  [series('voice_sfu_memory_share', { job: 'voice-sfu' }), steps(0.9, 0, 10)],
] as const;

const BLIND = [
  'voice_sfu_cpu_share > 0.8',
  'avg(voice_sfu_cpu_share) > 0.8',
  '-voice_sfu_cpu_share < -0.8',
  // both sides of the "or" are missing
  'voice_sfu_cpu_share > 0.8 or voice_sfu_memory_share > 0.8',
  '(up == 0 or voice_sfu_rooms > 1) and voice_sfu_cpu_share > 0.8',
  'voice_sfu_cpu_share > 0.8 unless absent(up)',
  // words in a label are no operators
  'voice_sfu_cpu_share{job!="absent or not"} > 0.8',
  'voice_sfu_rooms * voice_sfu_cpu_share > 1',
  '{__name__="voice_sfu_cpu_share"} > 0.8',
];

const SEEING = [
  'up == 0',
  'absent(voice_sfu_cpu_share)',
  'absent(voice_sfu_cpu_share > 0.8) and on() voice_sfu_rooms > 10',
  'voice_sfu_cpu_share > 0.8 or up == 0',
  'up == 0 or voice_sfu_cpu_share > 0.8',
  'sum(voice_sfu_memory_share or up) == 0',
  // what is missing on the right of "unless" takes nothing away
  'up == 0 unless voice_sfu_cpu_share < 0.8',
  'up{job!="voice_sfu_cpu_share"} == 0',
];

const yields = (text: string) => yieldsWithout(parsePromql(text), (name) => name.endsWith('_share'));

describe('a rule without the figures that it asks for', () => {
  const bare = load(MINUTE, always);
  const whole = load(MINUTE, [...always, ...machines]);

  it.each(BLIND)('cannot fire: %s', (text) => {
    expect(yields(text)).toBe(false);
    expect(evaluate(text, bare, 10 * MINUTE)).toEqual({});
    expect(evaluate(text, whole, 10 * MINUTE)).not.toEqual({});
  });

  it.each(SEEING)('can fire: %s', (text) => {
    expect(yields(text)).toBe(true);
    expect(evaluate(text, bare, 10 * MINUTE)).not.toEqual({});
  });

  it('is told in the result where the machines are not simulated, and only there', () => {
    const rules = [...BLIND, ...SEEING].map((expr, index) => ({
      alert: `Rule${index}`,
      expr,
      labels: {},
      annotations: {},
    }));
    const compiled = compileRules({ groups: [{ name: 'all', rules }] });
    expect(compiled.problems).toEqual([]);
    const alerting = {
      ...{ fired: [], records: [], evaluations: 0, unseen: ['voice_sfu_cpu_share', 'lode'], errors: new Map() },
      ...{ rules: compiled.groups.flatMap((group) => group.rules), scraper: { scrapes: 0 } },
    } as unknown as Alerting;
    const told = (simulated: boolean) =>
      alertsResult(alerting, simulated).rules.flatMap(({ expr, blind }) => (blind === undefined ? [] : [expr]));
    expect(told(false)).toEqual(BLIND);
    expect(told(true)).toEqual([]);
    expect(alertsResult(alerting, false).unseen).toEqual(['lode']);
  });
});
