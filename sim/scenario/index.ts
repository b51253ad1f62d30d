export { applyOverrides } from './apply-overrides.js';
export { didYouMean } from './did-you-mean.js';
export { scenarioJsonSchema } from './json-schema.js';
export { loadScenario, loadWritten } from './load-scenario.js';
export {
  METRIC_NAMES,
  METRICS,
  type MetricDescription,
  type MetricKind,
  type MetricName,
  metricDescription,
} from './metric-catalogue.js';
export { LABELS, labelsOf, MIGRATION_REASONS } from './metric-labels.js';
export { type NodeModel, resolveNode } from './resolve-node.js';
export { resolveCallPolicy, resolvePolicy, resolveScenario } from './resolve-scenario.js';
export { defineScenario, type Fault, type Scenario, type ScenarioInput, type ScriptStep } from './scenario.js';
export { scenarioHash } from './scenario-hash.js';
export { type ExpectationResult, evaluateExpectations, holds } from './slo/evaluate-expectations.js';
export { type Comparison, unitOf } from './slo/expectation.js';
export { type Measured, rateOf } from './slo/measured.js';
export { parseExpectation } from './slo/parse-expectation.js';
export { parseSelector, type Selector } from './slo/parse-selector.js';
export { aggregatePools, contribution, type Pool } from './slo/pool.js';
