import type { GateResult } from './gate-schema.js';

/** Later. */
export function renderGateHtml(_result: GateResult): string {
  return '';
}
