export { type ShrinkPlace, type Shrunk, shrinkWorkload } from './shrink-workload.js';
export { caseOf, type Workload, withWorkload, workloadOf, workloadProblem, workloadSchema } from './workload.js';
export { workloadArbitrary, workloadSource } from './workload-arbitrary.js';
export {
  CALL_HABITS,
  HABITS,
  type Habit,
  type Partitioned,
  type Servers,
  type WorkloadOptions,
} from './workload-options.js';
