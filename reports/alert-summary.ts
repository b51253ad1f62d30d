import { formatClock, plural } from './format.js';
import type { AlertEvent, AlertsResult, RunResult } from './result-schema.js';

/** Alerts that fired, in order of time. */
export function firedAlerts(result: RunResult): AlertEvent[] {
  return (result.alerts?.timeline ?? []).filter(({ firingAtS }) => firingAtS !== null);
}

/** `0:30, firing from 1:30 to 2:45`: when an alert became pending, fired and was over. */
export function alertTimes({ pendingAtS, firingAtS, resolvedAtS }: AlertEvent): string {
  const pending = `pending ${formatClock(pendingAtS)}`;
  if (firingAtS === null) return resolvedAtS === null ? pending : `${pending} to ${formatClock(resolvedAtS)}`;
  const over = resolvedAtS === null ? 'until the end' : `to ${formatClock(resolvedAtS)}`;
  return `${pending}, firing ${formatClock(firingAtS)} ${over}`;
}

/** Whom an alert is about: its labels without those that are the same for all. */
export function alertSubject({ labels }: AlertEvent): string {
  if (labels.instance !== undefined) return labels.instance;
  return Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity' && name !== 'job')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** One sentence on all rules; null when nothing was monitored. */
export function alertHeadline(result: RunResult): string | null {
  const { alerts } = result;
  if (alerts === undefined) return null;
  const fired = firedAlerts(result).length;
  const broken = alerts.rules.filter(({ error }) => error !== undefined).length;
  const basis = `${plural(alerts.rules.length, 'rule')}, ${plural(alerts.scrapes, 'scrape')}`;
  const errors = broken === 0 ? '' : `; ${plural(broken, 'rule')} could not be evaluated`;
  const unseen = alerts.unseen ?? [];
  const never = unseen.length === 0 ? '' : ` No server has exported ${unseen.join(', ')}, which rules ask for.`;
  const what = fired === 0 ? 'No alert fired' : `${plural(fired, 'alert')} fired`;
  return `${what} (${basis}${errors}).${never}${blindText(alerts)}`;
}

/** Rules that cannot fire in this world, and why; empty: none. */
function blindText({ rules }: AlertsResult): string {
  const blind = rules.filter((rule) => rule.blind !== undefined);
  const reasons = [...new Set(blind.map((rule) => rule.blind))];
  return blind.length === 0 ? '' : ` ${blind.map(({ alert }) => alert).join(', ')} cannot fire: ${reasons.join('; ')}.`;
}
