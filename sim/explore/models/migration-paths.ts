import {
  type MigrationEvent,
  type MigrationState,
  migrationMachine,
} from '../../../core/migration/migration-machine.js';
import type { Mode } from '../../../core/protocol.js';
import { knownMigrationTransitions, migrationMachineName } from '../../coverage/index.js';
import type { ScenarioInput } from '../../scenario/index.js';
import { PathLost } from './driven-path.js';
import { type ModelPath, simplePaths } from './paths.js';
import { STAGE_CHANNEL, Stage, type StageOptions } from './stage.js';

/** Everybody who is moved; user 1 is the one to whom things happen. */
const MEMBERS = [1, 2, 3];

/** Longer than any time-out below. */
const PATIENCE_S = 90;

/** An SFU node that does not answer for a while is not given up, unless that is the point. */
const PATIENT = { sfuCheckFailures: 30 };

type Policy = NonNullable<ScenarioInput['policy']>;

/** How an event is made to happen, by means of the outside. `to`: where the migration goes. */
interface Means {
  /** Just before the state in which it is to happen is entered: keeps the natural course of things away. */
  readonly before?: (stage: Stage, state: MigrationState, to: Mode) => void | Promise<void>;
  /** From the very moment on in which the state has been entered. */
  readonly act?: (stage: Stage, state: MigrationState, to: Mode) => void | Promise<void>;
  /** When it has happened, and the path goes on. */
  readonly after?: (stage: Stage) => void;
  /** What the policy must be like for it to happen before anything else does. */
  readonly policy?: Policy;
}

/** The migration stays in a state although nobody has given up. */
const hold: Partial<Record<MigrationState, (stage: Stage, to: Mode) => void>> = {
  preparing: (stage) => stage.pauseSfu(),
  migrating: (stage, to) =>
    to === 'sfu' ? stage.cutFromSfu(1) : stage.cut('1-2', [stage.person(1).host], [stage.person(2).host]),
  verifying: (stage) => stage.cutBackendsFromSfu(),
  // members who cannot be reached cannot acknowledge
  completed: () => undefined,
  rollingBack: () => undefined,
};

const holdState = (stage: Stage, state: MigrationState, to: Mode) => hold[state]?.(stage, to);

const means: Record<MigrationEvent, Means> = {
  START: {},
  TARGET_READY: {},
  ALL_READY: {},
  VERIFIED: {},
  ROLLED_BACK: {},
  // the process dies while it starts the room
  TARGET_FAILED: { act: (stage) => stage.crashSfu() },
  TARGET_LOST: {
    before: async (stage, state, to) => {
      holdState(stage, state, to);
      // the health check that finds it dead must have begun before the call that starts the room
      if (state === 'preparing') await stage.pass(2.5);
    },
    act: (stage, state) => {
      if (state === 'completed') stage.cutFromBackends(1);
      if (state !== 'preparing') stage.crashSfu();
    },
    policy: { sfuCheckFailures: 1 },
  },
  MEMBER_PENDING: {
    before: (stage) => stage.cutBackendsFromSfu(),
    act: (stage) => void stage.person(1).openSecondTab(),
    after: (stage) => stage.mend('backends-sfu'),
  },
  CLIENT_FAILED: {
    before: holdState,
    act: (stage) => stage.cutFromSfu(1),
    policy: { migrationTimeoutMs: 60_000 },
  },
  TIMEOUT: {
    before: holdState,
    act: (stage, state) => {
      if (state === 'completed') stage.cutFromBackends(1);
    },
    policy: { migrationTimeoutMs: 2_000, settleTimeoutMs: 3_000 },
  },
  ABANDONED: {
    before: holdState,
    act: async (stage, state, to) => {
      if (state === 'migrating' && to === 'sfu') {
        // as long as the one who holds it up is there, nobody else's leaving makes everybody ready
        stage.leave(...MEMBERS.slice(1));
        await stage.pass(0.5);
      }
      stage.leaveAll();
    },
  },
};

/** Every way from `idle` to the end of a migration. */
export function migrationPaths(to: Mode): ModelPath[] {
  const known = knownMigrationTransitions.find(({ machine }) => machine === migrationMachineName(to))!;
  const possible = new Set(known.transitions.map(([state, event]) => `${state} ${event}`));
  return simplePaths(migrationMachine, (state, event) => possible.has(`${state} ${event}`));
}

/**
 * Plays one path: makes a world, makes exactly these events happen in it, and looks after every step whether what Redis holds is what the model
 * says; then mends everything, waits, and lets the oracles judge.
 * @throws PathLost when the world goes another way
 */
export async function playMigrationPath(path: ModelPath, to: Mode, options: StageOptions): Promise<Stage> {
  const events = path.steps.map(({ event }) => event as MigrationEvent);
  const policy: Policy = Object.assign({}, PATIENT, ...events.map((event) => means[event].policy));
  const stage = new Stage({ ...options, policy });
  await stage.rise();
  let behind = 0;
  const visible = ['-'];
  if (to === 'p2p') {
    stage.join(...MEMBERS);
    if (!(await stage.until(() => stage.migrations.at(-1)?.state === 'released', 30)))
      throw new PathLost('the members were not brought to the SFU');
    behind = stage.migrations.length;
    stage.stored.splice(0, stage.stored.length, '-');
    await stage.pass(10);
  }
  await prepare(path, 0, stage, to);
  if (to === 'sfu') stage.join(...MEMBERS);
  else stage.leave(3);
  for (const [index, step] of path.steps.entries()) {
    if (!(await stage.until(() => stage.migrations.length > behind + index, PATIENCE_S)))
      throw new PathLost(`${step.event} did not happen in ${step.from}`);
    const taken = stage.migrations[behind + index]!;
    if (taken.to !== to || taken.from !== step.from || taken.event !== step.event)
      throw new PathLost(`in ${step.from} came ${taken.event} to ${taken.state} instead of ${step.event}`);
    // several transitions of one commit: only the last can be seen in Redis, and acted upon
    const last = stage.migrations.length === behind + index + 1;
    if (last) {
      const stored = step.state === 'released' || step.state === 'failed' ? '-' : step.state;
      if (stage.migrationState !== stored)
        throw new PathLost(`the model is in ${step.state}, Redis holds ${stage.migrationState}`);
      visible.push(stored);
    }
    means[events[index]!].after?.(stage);
    await prepare(path, index + 1, stage, to);
    const next = path.steps[index + 1];
    if (last && next) await means[events[index + 1]!].act?.(stage, step.state as MigrationState, to);
  }
  const stored = stage.stored.slice(0, visible.length).join(' ');
  if (stored !== visible.join(' ')) throw new Error(`${path.name}: Redis has held ${stored}, not ${visible.join(' ')}`);
  assertEnd(stage, path, to);
  await stage.fall();
  return stage;
}

/** Step `index` is next: what must be so when the state after it is entered. */
async function prepare(path: ModelPath, index: number, stage: Stage, to: Mode): Promise<void> {
  const following = path.steps[index + 1];
  if (following) await means[following.event as MigrationEvent].before?.(stage, following.from as MigrationState, to);
}

/** The mode is the new one after `released`, the old one after `failed`; there is no channel without members. */
function assertEnd(stage: Stage, path: ModelPath, to: Mode): void {
  const end = path.steps.at(-1)!;
  const mode = stage.channelField('mode');
  const from = to === 'sfu' ? 'p2p' : 'sfu';
  const expected = end.event === 'ABANDONED' ? undefined : end.state === 'released' ? to : from;
  if (mode !== expected) throw new Error(`${path.name}: channel ${STAGE_CHANNEL} is in mode ${mode}, not ${expected}`);
}
