import type { AlertRule } from './alert-rule.js';
import { expandAnnotation } from './annotation.js';
import { dropLabels, type Labels, labelKey, NAME } from './labels.js';
import type { Vector } from './promql/evaluate-promql.js';

/** One alert from the moment its expression gave a result. Times in ms; null: not yet. */
export interface AlertRecord {
  readonly rule: AlertRule;
  readonly labels: Labels;
  readonly pendingMs: number;
  firingMs: number | null;
  resolvedMs: number | null;
  /** When it was first seen without a result, while it keeps firing. */
  keptSinceMs: number | null;
  /** The newest value. */
  value: number;
  summary: string;
}

/** Which alerts of one rule are pending or firing: one for each set of labels (Prometheus, rules/alerting.go). */
export class AlertState {
  private readonly active = new Map<string, AlertRecord>();

  /** @param onRecord told of every alert when it becomes pending */
  constructor(
    private readonly rule: AlertRule,
    private readonly onRecord: (record: AlertRecord) => void,
  ) {}

  /** @param result of the rule's expression at `atMs` */
  update(result: Vector, atMs: number): void {
    const { rule, active } = this;
    const seen = new Set<string>();
    for (const { labels: found, value } of result) {
      const given = Object.entries(rule.labels).map(([name, text]) => [name, expandAnnotation(text, found, value)]);
      const labels = { ...dropLabels(found, [NAME]), ...Object.fromEntries(given), alertname: rule.name } as Labels;
      const key = labelKey(labels);
      seen.add(key);
      const summary = expandAnnotation(rule.annotations.summary ?? rule.annotations.description ?? '', found, value);
      let record = active.get(key);
      if (record === undefined) {
        record = {
          rule,
          labels,
          pendingMs: atMs,
          firingMs: null,
          resolvedMs: null,
          keptSinceMs: null,
          value,
          summary,
        };
        active.set(key, record);
        this.onRecord(record);
      }
      record.value = value;
      record.summary = summary;
      record.keptSinceMs = null;
      if (record.firingMs === null && atMs - record.pendingMs >= rule.forMs) record.firingMs = atMs;
    }
    for (const [key, record] of active) if (!seen.has(key)) this.missing(key, record, atMs);
  }

  private missing(key: string, record: AlertRecord, atMs: number): void {
    if (record.firingMs !== null) {
      record.keptSinceMs ??= atMs;
      if (atMs - record.keptSinceMs < this.rule.keepFiringForMs) return;
    }
    record.resolvedMs = atMs;
    this.active.delete(key);
  }
}
