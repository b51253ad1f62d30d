export { type ChoiceSource, SeededSource } from './choice-source.js';
export { type ChoiceStream, Choices } from './choices.js';
export { type EventCallback, type EventHandle, EventQueue } from './event-queue.js';
export {
  type EventDescriber,
  EventLane,
  type Exploration,
  type Footprint,
  type PendingEvent,
  type Scheduler,
} from './exploration.js';
export { LeakError } from './leak-error.js';
export { LeakGuard, type VirtualWorld } from './leak-guard.js';
export { type RecordedChoice, RecordingSource } from './recording.js';
export { type Divergence, ReplaySource } from './replay.js';
export {
  EPOCH_MS,
  type RunOptions,
  type RunProgress,
  type RunSummary,
  Simulation,
  type SimulationOptions,
} from './simulation.js';
export { CHECKPOINT_RECORDS, Trace } from './trace.js';
export type { TraceEntry, TraceSink } from './trace-sink.js';
export { type FirstDifference, type History, type Verification, verify, type WorldRun } from './verify.js';
