export { BASELINE_SCHEMA_VERSION, type Baseline } from './baseline-schema.js';
export type { GateChange, GateComparison } from './comparison-schema.js';
export { failuresOf, type GateFailure } from './failures.js';
export { renderAnnotations } from './gate-annotations.js';
export { renderBaseline, renderGateJson } from './gate-json.js';
export { renderGateJunit } from './gate-junit.js';
export { renderGateMarkdown } from './gate-markdown.js';
export {
  GATE_SCHEMA_VERSION,
  type GateResult,
  type GateRun,
  type GateVerdict,
  gateRunSchema,
  gateSchema,
} from './gate-schema.js';
export { renderGateTerminal } from './gate-terminal.js';
export { renderGateHtml } from './html/gate-html.js';
export { readBaseline, readGate, SchemaVersionError } from './read-gate.js';
