export { checkComparable, compareWithBaseline, FALSE_ALARMS, makeBaseline } from './baseline.js';
export { FailingScenarios } from './failing-scenarios.js';
export { gateResult } from './gate-result.js';
export { type Catalogue, loadSuite } from './load-suite.js';
export { mergeShards, type ShardFile } from './merge-shards.js';
export { runRecord } from './run-record.js';
export { PAIRS_MIN } from './statistics/paired-change.js';
export { describeSuite, entryOf, pointKey, pointsOf, type Shard, type Suite, type SuiteEntry } from './suite.js';
export { defineSuite, type SuiteInput, suiteJsonSchema } from './suite-schema.js';
