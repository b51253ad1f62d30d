import type { Alerting } from '../alerts/alerting.js';
import type { Measured } from '../scenario/index.js';

/** What expectations may ask of alerts. */
export function alertMetrics(alerting: Alerting): [name: string, measured: Measured][] {
  const { fired } = alerting;
  const critical = fired.filter(({ labels }) => labels.severity === 'critical');
  return [
    ['alerts_fired', { kind: 'counter', value: fired.length }],
    ['critical_alerts_fired', { kind: 'counter', value: critical.length }],
  ];
}
