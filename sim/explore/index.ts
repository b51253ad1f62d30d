export type { Case } from './case.js';
export { type Detection, detectionOf } from './detection.js';
export {
  type ExhaustiveCoverage,
  type HuntOptions,
  type HuntProgress,
  type HuntResult,
  hunt,
  type SeedRunner,
  seedOptionsOf,
} from './hunt.js';
export { type Catch, huntSeed, type SeedOptions, type SeedReport } from './hunt-seed.js';
export { type CriticalPair, localise } from './localise.js';
export { type Minimised, type MinimiseOptions, minimise, replayCase, type Suspect } from './minimise.js';
export { checkStrategy, EXHAUSTIVE, STRATEGY_NAMES } from './portfolio.js';
export { CUSTOM, parseRepro, renderRepro, reproOf, suspectOf } from './repro.js';
export { REPRO_VERSION, type Repro, reproSchema } from './repro-schema.js';
export { type Outcome, runSchedule, type ScheduleOptions } from './run-schedule.js';
export type { Choice, Departure, Hold } from './schedule.js';
export { drawCase, type SwarmCase, type SwarmOptions } from './swarm.js';
export { type SwarmRow, SwarmTable } from './swarm-table.js';
export type { ViolationCount } from './violation-counts.js';
export {
  caseOf,
  type Workload,
  type WorkloadOptions,
  withWorkload,
  workloadArbitrary,
  workloadOf,
} from './workload/index.js';
