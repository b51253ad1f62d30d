import type { Alerting } from '../alerts/alerting.js';
import type { Measured } from '../scenario/index.js';

/** What expectations may ask of alerts. */
export function alertMetrics(alerting: Alerting): [name: string, measured: Measured][] {
  return [
    ['alerts_fired', { kind: 'counter', value: alertsFired(alerting, {}) }],
    ['critical_alerts_fired', { kind: 'counter', value: alertsFired(alerting, { severity: 'critical' }) }],
  ];
}

/** Alerts that fired with all of these labels; `alert` is the name of the rule. */
export function alertsFired({ fired }: Alerting, wanted: Readonly<Record<string, string>>): number {
  return fired.filter(({ rule, labels }) =>
    Object.entries(wanted).every(([label, value]) => (label === 'alert' ? rule.name : labels[label]) === value),
  ).length;
}
