import { DeadairError } from '../../errors.js';

/** A metric, and which of its samples count. */
export interface Selector {
  readonly metric: string;
  /** Empty: all. A sample counts when all of these fit. */
  readonly labels: Readonly<Record<string, string>>;
}

/*
 * The keys of k6 thresholds (k6, "Thresholds on sub-metrics"):
 *
 *   selector = metric [ "{" label ":" value { "," label ":" value } "}" ]
 *
 * Spaces are free around labels and values. A value has no comma and no brace.
 */
const SELECTOR = /^\s*([^\s{}]+)\s*(?:\{([^{}]*)\})?\s*$/;
const LABEL = /^\s*([a-z][a-z_]*)\s*:\s*([^\s:,](?:[^:,]*[^\s:,])?)\s*$/;

/**
 * Reads the name of a metric with its labels, e.g. `join_latency_ms{network:3g}`.
 * @throws DeadairError `expectation.syntax`
 */
export function parseSelector(text: string): Selector {
  const [, metric, inside] = SELECTOR.exec(text) ?? [];
  if (metric === undefined) throw syntax(text);
  if (inside === undefined) return { metric, labels: {} };
  const labels = inside.split(',').map((part) => {
    const [, label, value] = LABEL.exec(part) ?? [];
    if (label === undefined || value === undefined) throw syntax(text);
    return [label, value] as const;
  });
  if (new Set(labels.map(([label]) => label)).size < labels.length) {
    throw new DeadairError(
      'expectation.syntax',
      `expectations.${text}: names a label twice; a sample has one value of each`,
    );
  }
  return { metric, labels: Object.fromEntries(labels) };
}

function syntax(text: string): DeadairError {
  return new DeadairError(
    'expectation.syntax',
    `expectations.${text}: cannot be read; write a metric, with labels for example join_latency_ms{network:3g}`,
  );
}
