export { shrinkWorkload } from './shrink-workload.js';
export {
  WORKLOAD_ACTIONS,
  type Workload,
  type WorkloadAction,
  type WorkloadStep,
  workloadProblem,
  workloadSchema,
  workloadStepSchema,
} from './workload.js';
export { workloadArbitrary, workloadSource } from './workload-arbitrary.js';
export type { WorkloadOptions } from './workload-options.js';
