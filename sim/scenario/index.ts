export { applyOverrides } from './apply-overrides.js';
export { didYouMean } from './did-you-mean.js';
export { scenarioJsonSchema } from './json-schema.js';
export { loadScenario } from './load-scenario.js';
export {
  METRIC_NAMES,
  METRICS,
  type MetricDescription,
  type MetricKind,
  type MetricName,
  metricDescription,
} from './metric-catalogue.js';
export { type NodeModel, resolveNode } from './resolve-node.js';
export { resolveCallPolicy, resolvePolicy, resolveScenario } from './resolve-scenario.js';
export { defineScenario, type Fault, type Scenario, type ScenarioInput, type ScriptStep } from './scenario.js';
export { scenarioHash } from './scenario-hash.js';
export { type ExpectationResult, evaluateExpectations } from './slo/evaluate-expectations.js';
export type { Measured } from './slo/measured.js';
export { parseExpectation } from './slo/parse-expectation.js';
