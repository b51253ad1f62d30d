import type { AlertsResult } from '../../reports/alerts-schema.js';
import type { AlertRecord } from '../alerts/alert-state.js';
import type { Alerting } from '../alerts/alerting.js';
import { yieldsWithout } from '../alerts/promql/yields-without.js';

const KEPT = 200;

/** What a media server tells of its machine: exported only where there is one. */
const MACHINE: readonly string[] = ['voice_sfu_cpu_share', 'voice_sfu_memory_share'];
const BLIND = 'CPU and memory of media servers are not simulated here; topology.sfuNode={} adds them';

/** Alerts in the shape of the result file. @param machines whether media servers have a machine under them */
export function alertsResult(alerting: Alerting, machines: boolean): AlertsResult {
  const fired = alerting.fired;
  const pending = alerting.records.filter(({ firingMs }) => firingMs === null);
  return {
    scrapes: alerting.scraper.scrapes,
    evaluations: alerting.evaluations,
    unseen: alerting.unseen.filter((name) => machines || !MACHINE.includes(name)),
    rules: alerting.rules.map(({ name, group, text, expression, forMs, labels }) => {
      const times = fired.filter(({ rule }) => rule.name === name && rule.group === group).length;
      return {
        alert: name,
        group,
        severity: labels.severity ?? '',
        expr: text,
        forS: forMs / 1_000,
        fired: times,
        ...(machines || yieldsWithout(expression, (metric) => MACHINE.includes(metric)) ? {} : { blind: BLIND }),
        ...(alerting.errors.has(name) ? { error: alerting.errors.get(name) as string } : {}),
      };
    }),
    timeline: [...fired.slice(0, KEPT), ...pending.slice(0, KEPT)].map(event),
  };
}

function event({
  rule,
  labels,
  pendingMs,
  firingMs,
  resolvedMs,
  value,
  summary,
}: AlertRecord): AlertsResult['timeline'][number] {
  const { alertname: _, ...rest } = labels;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  return {
    alert: rule.name,
    severity: labels.severity ?? '',
    labels: rest,
    pendingAtS: pendingMs / 1_000,
    firingAtS: seconds(firingMs),
    resolvedAtS: seconds(resolvedMs),
    value: Number.isFinite(value) ? value : null,
    summary,
  };
}
