/** What `import ... from 'deadair'` gives: simulate a scenario, hunt for races, replay what was found, with one's own parts in the core. */
export { type Collaborators, collaborators } from '../../core/backend/collaborators.js';
export { VoiceBackend } from '../../core/backend/voice-backend.js';
export { ModeController } from '../../core/client/mode-controller.js';
export { type RunResult, renderHtml, renderJson, renderTerminal } from '../../reports/index.js';
export { builtInScenarios } from '../../scenarios/index.js';
export { DeadairError, ExitCode } from '../errors.js';
export { type Repro, renderRepro, STRATEGY_NAMES, type Workload, workloadArbitrary } from '../explore/index.js';
export { type Evidence, type Finding, type Oracle, oracles, type Violation } from '../oracles/index.js';
export { defineScenario, loadScenario, resolveScenario, type Scenario, type ScenarioInput } from '../scenario/index.js';
export { type SimulateOptions, simulate } from '../simulate.js';
export type { Replacements } from '../world/world.js';
export { type Found, hunt, type LibraryHuntOptions, type LibraryHuntResult } from './hunt.js';
export { type Replayed, replay } from './replay.js';
