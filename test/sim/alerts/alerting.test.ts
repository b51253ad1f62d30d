import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../sim/alerts/alert-rule.js';
import { Alerting } from '../../../sim/alerts/alerting.js';
import { ExpositionError, parseExposition } from '../../../sim/alerts/exposition.js';
import { ruleFileSchema } from '../../../sim/alerts/rule-file-schema.js';
import { builtInRules } from '../../../sim/alerts/scenario-rules.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';

/** A node whose page is played by hand, scraped every 15 s under `rules`. */
async function play(
  rules: readonly Record<string, unknown>[],
  page: (atS: number) => string | null,
  untilS: number,
  job = 'voice-sfu',
) {
  const sim = new Simulation({ seed: 1 });
  const host = new Host(sim, { id: 'node', kind: 'sfu' });
  host.start();
  const file = ruleFileSchema.parse({ groups: [{ name: 'test', rules }] });
  const { groups, problems } = compileRules(file);
  expect(problems).toEqual([]);
  const alerting = new Alerting({
    sim,
    groups,
    scrapeIntervalMs: 15_000,
    reachable: () => true,
    targets: [
      { job, instance: 'node', host, answers: () => page(sim.nowUs / 1e6) !== null, page: () => page(sim.nowUs / 1e6) },
    ],
  });
  await sim.run({ untilUs: untilS * 1e6 });
  const times = alerting.records.map(({ pendingMs, firingMs, resolvedMs }) =>
    [pendingMs, firingMs, resolvedMs].map((ms) => (ms === null ? null : ms / 1_000)),
  );
  return { alerting, times };
}

const high = { alert: 'High', expr: 'load > 5', for: '1m' };
const between = (fromS: number, toS: number) => (atS: number) => `load ${atS >= fromS && atS < toS ? 9 : 1}\n`;

describe('an alert', () => {
  it('is pending from the first evaluation, fires after `for`, and is over with the first evaluation without it', async () => {
    const { times, alerting } = await play([high], between(100, 300), 600);
    // scrapes at 15, 30, ...; evaluations half-way between
    expect(times).toEqual([[112.5, 172.5, 307.5]]);
    expect(alerting.fired).toHaveLength(1);
  });

  it('that does not last for `for` never fires, and begins anew', async () => {
    const { times } = await play([high], (atS) => between(100, 150)(atS).replace('1', atS > 200 ? '9' : '1'), 400);
    expect(times).toEqual([
      [112.5, null, 157.5],
      [217.5, 277.5, null],
    ]);
  });

  it('keeps firing for as long as it is told to', async () => {
    const rule = { ...high, keep_firing_for: '2m' };
    const { times } = await play([rule], between(100, 300), 600);
    expect(times).toEqual([[112.5, 172.5, 427.5]]);
  });

  it('is one for each set of labels, with the labels and texts of its rule', async () => {
    const page = () => 'load{disk="a"} 8\nload{disk="b"} 2\nload{disk="c"} 7.5\n';
    const rule = {
      alert: 'High',
      expr: 'load > 5',
      labels: { severity: 'critical', where: 'disk {{ $labels.disk }}' },
      annotations: { summary: '{{ $labels.disk }} at {{ $value }}, {{ $value | humanizePercentage }}' },
    };
    const { alerting } = await play([rule], page, 100);
    expect(alerting.fired.map(({ labels, summary }) => [labels, summary])).toEqual([
      [
        { disk: 'a', job: 'voice-sfu', instance: 'node', severity: 'critical', where: 'disk a', alertname: 'High' },
        'a at 8, 800%',
      ],
      [
        { disk: 'c', job: 'voice-sfu', instance: 'node', severity: 'critical', where: 'disk c', alertname: 'High' },
        'c at 7.5, 750%',
      ],
    ]);
  });

  it('whose rule cannot be worked out is an error of the rule, and the others go on', async () => {
    const page = () => 'load{disk="a"} 8\nload{disk="b"} 8\n';
    const { alerting } = await play([{ alert: 'Bad', expr: 'load / on(job) load' }, high], page, 200);
    expect([...alerting.errors.keys()]).toEqual(['Bad']);
    expect(alerting.fired.map(({ rule }) => rule.name)).toEqual(['High', 'High']);
  });
});

describe('a target that does not answer', () => {
  it('is not up, and its series are gone at once', async () => {
    const page = (atS: number) => (atS >= 100 && atS < 200 ? null : 'load 9\n');
    const rules = [
      { alert: 'Down', expr: 'up == 0' },
      { alert: 'Gone', expr: 'absent(load)' },
    ];
    const { times } = await play(rules, page, 300);
    // before the first scrape there is neither
    expect(times.slice(0, 2)).toEqual([
      [112.5, 112.5, 217.5],
      [112.5, 112.5, 217.5],
    ]);
  });
});

describe('the rules of A11 and B13 on series played by hand', () => {
  const built = (name: string) =>
    builtInRules().groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert === name));

  it('CPU above 80 % for five minutes', async () => {
    const page = (share: number) => (atS: number) => `voice_sfu_cpu_share ${atS >= 60 && atS < 600 ? share : 0.4}\n`;
    expect((await play(built('VoiceSfuCpuHigh'), page(0.85), 900)).times).toEqual([[67.5, 367.5, 607.5]]);
    expect((await play(built('VoiceSfuCpuHigh'), page(0.8), 900)).times).toEqual([]);
    const short = (atS: number) => `voice_sfu_cpu_share ${atS >= 60 && atS < 350 ? 0.99 : 0.4}\n`;
    expect((await play(built('VoiceSfuCpuHigh'), short, 900)).alerting.fired).toEqual([]);
  });

  it('more than 0.1 errors a second for two minutes, all reasons together', async () => {
    const page = (perS: number) => (atS: number) =>
      `voice_sfu_connection_errors_total{reason="full"} ${(atS * perS) / 2}\nvoice_sfu_connection_errors_total{reason="lost"} ${(atS * perS) / 2}\n`;
    const [times] = (await play(built('VoiceSfuErrors'), page(0.12), 400)).times;
    expect(times?.[1]).toBe((times?.[0] as number) + 120);
    expect((await play(built('VoiceSfuErrors'), page(0.09), 400)).times).toEqual([]);
  });

  it('more than 10 % of migrations failing for five minutes; abandoned ones do not count', async () => {
    const page = (failed: number, reason: string) => (atS: number) => {
      const ended = Math.floor(atS / 2);
      return [
        `voice_migrations_completed_total{to="sfu"} ${ended - Math.floor(ended * failed)}`,
        `voice_migrations_failed_total{to="sfu",reason="${reason}"} ${Math.floor(ended * failed)}`,
      ].join('\n');
    };
    const rules = built('VoiceMigrationFailures');
    const [times] = (await play(rules, page(0.15, 'timeout'), 900, 'voice-backend')).times;
    expect(times?.[1]).toBe((times?.[0] as number) + 300);
    expect((await play(rules, page(0.05, 'timeout'), 900, 'voice-backend')).alerting.fired).toEqual([]);
    expect((await play(rules, page(0.5, 'abandoned'), 900, 'voice-backend')).times).toEqual([]);
  });

  it('the 95th percentile of migrations above 10 s for five minutes', async () => {
    const page = (slow: number) => (atS: number) => {
      const ended = Math.floor(atS / 2);
      const fast = ended - Math.floor(ended * slow);
      const le = (bound: string, count: number) =>
        `voice_migration_duration_ms_bucket{to="sfu",le="${bound}"} ${count}`;
      return [le('5000', fast), le('10000', fast), le('15000', ended), le('+Inf', ended)].join('\n');
    };
    const rules = built('VoiceMigrationSlow');
    const [times] = (await play(rules, page(0.1), 900, 'voice-backend')).times;
    expect(times?.[1]).toBe((times?.[0] as number) + 300);
    expect((await play(rules, page(0.02), 900, 'voice-backend')).alerting.fired).toEqual([]);
  });

  it('more than five migrations in progress for a minute', async () => {
    const page = (count: number) => () => `voice_migrations_in_progress ${count}\n`;
    expect((await play(built('VoiceMigrationsPileUp'), page(6), 200)).times).toEqual([[22.5, 82.5, null]]);
    expect((await play(built('VoiceMigrationsPileUp'), page(5), 200)).times).toEqual([]);
  });
});

describe('the text format', () => {
  it('is read with its escapes, times and special values', () => {
    const page = '# HELP x y\n# TYPE x gauge\nx{a="q\\"\\\\\\n",b=""} +Inf 1700000000\ny NaN\n\nz 1e3\n';
    expect(parseExposition(page)).toEqual([
      { labels: { __name__: 'x', a: 'q"\\\n', b: '' }, value: Infinity },
      { labels: { __name__: 'y' }, value: NaN },
      { labels: { __name__: 'z' }, value: 1_000 },
    ]);
  });

  it.each(['x', 'x{a=b} 1', 'x{a="b} 1', '1x 2', 'x one'])('%s is refused', (line) => {
    expect(() => parseExposition(line)).toThrow(ExpositionError);
  });
});
