import type { Labels } from './labels.js';

const PLACE = /\{\{\s*(\$value|\$labels\.(\w+))\s*(?:\|\s*(humanize|humanizePercentage|humanizeDuration)\s*)?\}\}/g;

/**
 * A text with the places that Prometheus' templates fill: `{{ $value }}`, `{{ $labels.instance }}`, each with `| humanize`,
 * `| humanizePercentage` or `| humanizeDuration`. Other templates stay as they are.
 */
export function expandAnnotation(text: string, labels: Labels, value: number): string {
  return text.replace(PLACE, (_, place: string, label: string | undefined, filter: string | undefined) => {
    if (place !== '$value') return labels[label as string] ?? '';
    switch (filter) {
      case 'humanizePercentage':
        return `${round(value * 100)}%`;
      case 'humanizeDuration':
        return `${round(value)}s`;
      case 'humanize':
        return round(value);
      default:
        return String(value);
    }
  });
}

/** Four digits that count, as Prometheus' `humanize`. */
function round(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
