import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../reports/html/html-report.js';
import { renderMarkdown, renderTerminal } from '../../reports/index.js';
import { type RunResult, resultSchema } from '../../reports/result-schema.js';
import { fixtureResult } from './result-fixture.js';

const result: RunResult = resultSchema.parse(
  fixtureResult({
    alerts: {
      scrapes: 22,
      evaluations: 44,
      rules: [
        { alert: 'VoiceSfuDown', group: 'servers', severity: 'critical', expr: 'up == 0', forS: 60, fired: 1 },
        { alert: 'Slow', group: 'servers', severity: 'warning', expr: 'a > 1', forS: 60, fired: 0, error: 'two <b>' },
      ],
      timeline: [
        {
          alert: 'VoiceSfuDown',
          severity: 'critical',
          labels: { instance: 'sfu-1', job: 'voice-sfu', severity: 'critical' },
          pendingAtS: 97.5,
          firingAtS: 157.5,
          resolvedAtS: null,
          value: 0,
          summary: 'media server <sfu-1> does not answer',
        },
        {
          alert: 'Slow',
          severity: 'warning',
          labels: { to: 'sfu', severity: 'warning' },
          pendingAtS: 20,
          firingAtS: null,
          resolvedAtS: 30,
          value: null,
          summary: '',
        },
      ],
    },
    rollout: {
      stages: [
        { name: 'alpha', share: 0.001, minS: 60, minMigrations: 5, successAbove: 0.95 },
        { name: '10 %', share: 0.1, minS: 60, minMigrations: 30, successAbove: 0.98 },
      ],
      decisions: [
        { atS: 0, status: 'waiting', stage: 0, share: 0, reason: '', figures: {} },
        { atS: 60, status: 'running', stage: 0, share: 0.001, reason: '', figures: {} },
        { atS: 150, status: 'running', stage: 1, share: 0.1, reason: '', figures: { migrations: 5, failures: 0 } },
        {
          atS: 200,
          status: 'rolled-back',
          stage: 1,
          share: 0,
          reason: 'dropouts 7.10 %',
          figures: { dropouts: 0.071 },
        },
      ],
    },
  }),
);

describe('alerts and rollout in reports', () => {
  test('terminal: when each alert was pending, fired and was over; 80 columns', () => {
    const text = renderTerminal(result, { color: false });
    expect(text).toContain('1 alert fired (2 rules, 22 scrapes; 1 rule could not be evaluated).');
    expect(text).toContain('* VoiceSfuDown (sfu-1) critical: pending 1:37, firing 2:37 until the end');
    expect(text).not.toContain('Slow (to=sfu)');
    expect(text.replaceAll('\n', ' ')).toContain(
      'Rollout: 1:00 alpha, 0.1 %; 2:30 10 %; 3:20 rolled back: dropouts 7.10 %.',
    );
    expect(text.split('\n').filter((line) => line.length > 80 && !line.startsWith('Again'))).toEqual([]);
  });

  test('Markdown: a table, escaped', () => {
    const text = renderMarkdown(result);
    expect(text).toContain(
      '| VoiceSfuDown | critical | sfu-1 | pending 1:37, firing 2:37 until the end | media server \\<sfu-1\\> does not answer |',
    );
    expect(text).toContain('### Rollout');
  });

  test('page: bars of pending and firing time, rules with their errors, decisions with their figures', () => {
    const page = renderHtml(result);
    expect(page).toContain('<section id="alerts"');
    expect(page.match(/<rect class="alert-pending"/g)).toHaveLength(2);
    expect(page.match(/<rect class="alert-critical"/g)).toHaveLength(1);
    expect(page).toContain('two &lt;b&gt;');
    expect(page).not.toContain('<sfu-1>');
    expect(page).toContain('<section id="rollout"');
    expect(page).toContain('<span class="outcome bad">rolled back: dropouts 7.10 %</span>');
  });

  test('charts carry bands of the alerts, in words as well', () => {
    const [, json = ''] =
      /<script type="application\/json" id="charts">(.*?)<\/script>/s.exec(renderHtml(result)) ?? [];
    const specs = JSON.parse(json) as { readonly endS: number; readonly alerts?: readonly object[] }[];
    expect(specs.length).toBeGreaterThan(2);
    for (const { alerts, endS } of specs) {
      expect(alerts).toEqual([
        { label: 'VoiceSfuDown sfu-1', severity: 'critical', pendingS: 97.5, firingS: 157.5, toS: endS },
        { label: 'Slow to=sfu', severity: 'warning', pendingS: 20, firingS: null, toS: 30 },
      ]);
    }
    expect(renderHtml(result)).toContain('Alerts: VoiceSfuDown sfu-1 firing from 2:37 to');
  });

  test('a rule that cannot fire in this world says why, and what to do', () => {
    const rules = [{ ...result.alerts!.rules[0]!, blind: 'CPU is not simulated here; topology.sfuNode={} adds it' }];
    const blind = { ...result, alerts: { ...result.alerts!, rules } };
    const sentence = 'VoiceSfuDown cannot fire: CPU is not simulated here; topology.sfuNode={} adds it.';
    expect(renderTerminal(blind, { color: false }).replaceAll(/\s+/g, ' ')).toContain(sentence);
    expect(renderHtml(blind)).toContain(sentence);
  });

  test('a result without them has none of it', () => {
    const page = renderHtml(fixtureResult());
    expect(page).not.toContain('id="alerts"');
    expect(page).not.toContain('id="rollout"');
    expect(renderTerminal(fixtureResult(), { color: false })).not.toMatch(/alert|Rollout/);
  });
});
