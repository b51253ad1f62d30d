import type { Tab } from '../../clients/index.js';
import type { ClientTransition } from '../../coverage/index.js';
import { clientModel, PLACES_IN } from './client-model.js';
import { PathLost } from './driven-path.js';
import { type ModelPath, type PathStep, shortestPaths, simplePaths } from './paths.js';
import { PEOPLE, STAGE_CHANNEL, Stage, type StageOptions } from './stage.js';

/** The person whose tab the path is about, the one who holds things up, and the others. */
const SUBJECT = 1;
const HOLDER = 2;
const OTHERS = [3, 4];

/** Longer than any time-out of policy and clients. */
const PATIENCE_S = 90;

/** Shortest ways that take every transition of the client model. */
export const clientPaths = (): ModelPath[] => shortestPaths(clientModel);

/** Long lives without accidents of one's own: every way through migrations up, down and sideways, done or recalled. */
export const clientLives = (): ModelPath[] =>
  simplePaths(clientModel, (state, event) =>
    state === 'joining'
      ? event === 'ADMITTED' || event === 'QUEUED'
      : !['LINE_LOST', 'LINE_BACK', 'LEFT', 'CLOSED', 'DISPLACED'].includes(event),
  );

/** The events that somebody has to bring about while the world would go on by itself. */
const WAITS = new Set(['LINE_LOST', 'LEFT', 'CLOSED', 'DISPLACED', 'RECALLED', 'QUEUED']);

/** What keeps a migration in a state, and in which moment it must begin. */
const holds: Readonly<Record<string, (stage: Stage) => void>> = {
  'p2p-preparing': (stage) => stage.when('preparing', () => stage.pauseSfu()),
  'sfu-preparing': (stage) => stage.when('preparing', () => stage.pauseSfu()),
  'p2p-to-sfu': (stage) => stage.when('migrating', () => stage.cutFromSfu(HOLDER)),
  'sfu-to-sfu': (stage) => stage.when('migrating', () => stage.cutFromSfu(HOLDER)),
  'sfu-to-p2p': (stage) => stage.when('migrating', () => cutFromPeople(stage, HOLDER)),
  'p2p-settling': (stage) => stage.when('completed', () => stage.cutFromBackends(HOLDER)),
  'sfu-settling': (stage) => stage.when('completed', () => stage.cutFromBackends(HOLDER)),
  'p2p-rollback': (stage) => stage.when('rollingBack', () => stage.cutFromBackends(HOLDER)),
  'sfu-rollback': (stage) => stage.when('rollingBack', () => stage.cutFromBackends(HOLDER)),
};

function cutFromPeople(stage: Stage, user: number): void {
  const people = Array.from({ length: PEOPLE }, (_, index) => index + 1).filter((other) => other !== user);
  stage.cut(
    `${user}-people`,
    [stage.person(user).host],
    people.map((other) => stage.person(other).host),
  );
}

/** What the world must be like for the subject to be answered in this way when it opens its tab. */
const situations: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  ADMITTED_P2P_PREPARING: async (stage) => {
    stage.join(HOLDER, ...OTHERS.slice(1));
    await stage.pass(3);
  },
  ADMITTED_P2P_TO_SFU: async (stage) => {
    // the tab that is replaced; the path is about the second one
    await inMigration(stage, [SUBJECT, HOLDER, ...OTHERS], 'p2p-to-sfu', 'migrating');
  },
  QUEUED: (stage) => inMigration(stage, [HOLDER, ...OTHERS], 'p2p-to-sfu', 'migrating'),
  ADMITTED_SFU_SETTLING: (stage) => inMigration(stage, [HOLDER, ...OTHERS], 'sfu-settling', 'completed'),
  ADMITTED_SFU: async (stage) => {
    stage.join(HOLDER, ...OTHERS);
    if (!(await stage.until(() => stage.channelField('mode') === 'sfu' && stage.migrationState === '-', PATIENCE_S)))
      throw new PathLost('the others were not brought to the SFU');
    await stage.pass(4);
  },
  REFUSED: async (stage) => stage.pauseRedis(),
  // one who is let in at once has no time to leave before
  LEFT: async (stage) => stage.pauseRedis(),
};

async function inMigration(stage: Stage, users: readonly number[], place: string, state: string): Promise<void> {
  holds[place]?.(stage);
  stage.join(...users);
  if (!(await stage.until(() => stage.migrationState === state, PATIENCE_S)))
    throw new PathLost(`the others did not come to ${state}`);
  await stage.pass(0.5);
}

/** Brings a step about, from the moment on in which the place before it has been entered. */
async function act(stage: Stage, { from, event }: PathStep): Promise<void> {
  const subject = stage.person(SUBJECT);
  switch (event) {
    case 'LINE_LOST':
      return stage.cutFromBackends(SUBJECT);
    case 'LINE_BACK':
      return stage.mend(`${SUBJECT}-backends`);
    case 'LEFT':
      // a word to the backend needs a line to it
      if (from === 'joining') await stage.pass(0.5);
      return subject.leave();
    case 'DISPLACED':
      return void subject.openSecondTab();
    case 'CLOSED':
      // one who has left or was displaced needs not be told to close the tab
      return from === 'leaving' || from === 'displaced' ? undefined : subject.closeTabs();
    case 'PREPARING':
      stage.mendAll();
      bring(stage, [HOLDER, ...OTHERS]);
      return from === 'sfu' ? stage.crashSfuInUse() : undefined;
    case 'INVITED':
      return from === 'sfu' ? thinOut(stage) : undefined;
    case 'AT_REST':
      return from.endsWith('-preparing') ? stage.crashSfu() : stage.mendAll();
    case 'SWITCHED':
    case 'ADMITTED_SFU_SETTLING':
      return from === 'joining' ? undefined : stage.mendAll();
    case 'ADMITTED':
    case 'ADMITTED_SFU':
      return stage.mend('redis-pause');
    default:
  }
}

/** So many leave that the rest does not need an SFU; not before the mesh of earlier days is gone. */
async function thinOut(stage: Stage): Promise<void> {
  stage.mendAll();
  const there = OTHERS.filter((user) => stage.person(user).tab);
  if (there.length === 0) return;
  await stage.pass(6);
  stage.leave(...there);
}

/** Those who are not there come (back). */
function bring(stage: Stage, users: readonly number[]): void {
  stage.join(...users.filter((user) => !stage.person(user).tab));
}

/** Before a place is entered: keeps it as it is, if the next step is not the one that comes by itself. */
function arrange(stage: Stage, next: PathStep | undefined): void {
  if (next === undefined) return;
  const failsToStart = next.event === 'AT_REST' && next.from.endsWith('-preparing');
  if (WAITS.has(next.event) || failsToStart) holds[next.from]?.(stage);
}

/**
 * Plays one path: makes exactly these steps happen to one tab of user 1 and looks after each whether the tab and Redis agree with the model; then
 * mends everything, waits, and lets the oracles judge.
 * @throws PathLost when the world goes another way
 */
export async function playClientPath(path: ModelPath, options: StageOptions): Promise<Stage> {
  const moves = path.steps.some(({ from }) => from.startsWith('sfu-preparing'));
  const stage = new Stage({ ...options, sfuNodes: moves ? 2 : 1 });
  await stage.rise();
  const [opening, answer] = path.steps as [PathStep, PathStep];
  // one who is let in by the SFU at last finds the others there
  if (path.steps[2]?.event === 'ADMITTED_SFU') await situations.ADMITTED_SFU?.(stage);
  if (answer) await situations[answer.event]?.(stage);
  const before = stage.steps.length;
  const subject = stage.person(SUBJECT);
  const tab = subject.tab ? subject.openSecondTab() : subject.join(STAGE_CHANNEL);
  if (tab === null) throw new PathLost(`${opening.event}: no tab was opened`);
  const taken = (): ClientTransition[] =>
    stage.steps.slice(before).filter(({ sessionId }) => sessionId === tab.sessionId);
  for (const [index, step] of path.steps.entries()) {
    arrange(stage, path.steps[index + 1]);
    if (index > 0) await act(stage, step);
    if (!(await stage.until(() => taken().length > index, PATIENCE_S)))
      throw new PathLost(`${step.event} did not happen in ${step.from}`);
    const seen = taken()[index]!;
    if (seen.from !== step.from || seen.event !== step.event || seen.state !== step.state)
      throw new PathLost(`in ${seen.from} came ${seen.event} to ${seen.state} instead of ${step.event}`);
    if (taken().length === index + 1) assertTab(stage, path, tab, step.state);
    assertHeld(stage, step.state, path.steps[index + 1]);
  }
  await stage.fall();
  return stage;
}

/** What the tab says of itself is what the model says. */
function assertTab(stage: Stage, path: ModelPath, tab: Tab, state: string): void {
  const offline = state.endsWith('-offline');
  const place = offline ? state.slice(0, -'-offline'.length) : state;
  const inside = PLACES_IN.includes(place);
  const expected = {
    open: place !== 'away',
    state: inside ? 'in' : place === 'queued' ? place : ['joining', 'refused'].includes(place) ? 'joining' : 'out',
    mode: inside ? place.slice(0, 3) : null,
    online: inside || place === 'queued' ? !offline : tab.online,
  };
  const { state: membership, mode } = tab.controller;
  const actual = { open: stage.person(SUBJECT).tabs.includes(tab), state: membership, mode, online: tab.online };
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${path.name}: in ${state} the tab is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

const STORED: Readonly<Record<string, readonly string[]>> = {
  preparing: ['preparing'],
  'to-sfu': ['migrating', 'verifying'],
  'to-p2p': ['migrating', 'verifying'],
  settling: ['completed'],
  rollback: ['rollingBack'],
};

/** While a place is held, Redis holds the same. (Otherwise it may be ahead of what the client has been told.) */
function assertHeld(stage: Stage, state: string, next: PathStep | undefined): void {
  if (next === undefined || !WAITS.has(next.event) || next.from !== state) return;
  const expected = STORED[state.slice(4)];
  if (expected && !expected.includes(stage.migrationState))
    throw new PathLost(`the tab is in ${state}, Redis holds ${stage.migrationState}`);
}
