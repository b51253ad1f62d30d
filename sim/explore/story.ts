import type { Counterexample, CounterexampleEvent } from '../../reports/counterexample/counterexample-schema.js';
import type { HostKind } from '../hosts/index.js';
import { Choices, type PendingEvent, type TraceEntry } from '../kernel/index.js';
import { type Fault, scenarioHash } from '../scenario/index.js';
import { DEADAIR_VERSION } from '../version.js';
import type { World } from '../world/world.js';
import type { MinimiseOptions } from './minimise.js';
import { suspectOf } from './repro.js';
import type { Repro } from './repro-schema.js';
import { type Outcome, runSchedule } from './run-schedule.js';
import type { Choice } from './schedule.js';
import { Replay } from './strategies/replay.js';

type Draft = { -readonly [K in keyof CounterexampleEvent]: CounterexampleEvent[K] };

/** What a story may tell besides what the repro says. */
export interface StoryOptions extends MinimiseOptions {
  /** Command line that shows it again. */
  readonly replay: string;
}

/** Shown at most, the latest. */
const SHOWN = 400;

/** Traffic that goes on all the time and explains nothing. */
const ROUTINE = /^(ping|pong|redis-replication|sentinel|sfu-control)$/;
const ROUTINE_COMMANDS = new Set(['PING', 'INFO', 'SUBSCRIBE', 'REPLCONF', 'SCRIPT', 'ROLE']);

/** Replays a repro and tells everything that happened on the way, for people to read. */
export async function tellStory(
  repro: Repro,
  options: StoryOptions,
): Promise<{ readonly outcome: Outcome; readonly story: Counterexample }> {
  const suspect = suspectOf(repro);
  const teller = new Teller(repro);
  const outcome = await runSchedule(suspect.given, {
    strategy: new Watched(suspect.departures, (candidates) => teller.offer(candidates)),
    dice: new Choices(suspect.given.seed).stream('replay'),
    collaborators: options.collaborators,
    oracles: options.oracles,
    traceSink: { write: (entry) => teller.record(entry) },
    observe: (event, nowUs) => teller.next(event, nowUs),
    onWorld: (world) => teller.watch(world),
  });
  return { outcome, story: teller.story(outcome, options.replay) };
}

/** A replay that shows what may come next. */
class Watched extends Replay {
  constructor(
    choices: readonly Choice[],
    private readonly watch: (candidates: readonly PendingEvent[]) => void,
  ) {
    super(choices);
  }

  override choose(candidates: readonly PendingEvent[]): number {
    this.watch(candidates);
    return super.choose(candidates);
  }
}

class Teller {
  private readonly events: Draft[] = [];
  private readonly kinds = new Map<string, HostKind>();
  /** Number of the event that tells a kernel event, or of the one that caused it. */
  private readonly told = new Map<number, number>();
  private readonly keys = new Map<string, number>();
  private readonly chosen: ReadonlySet<string>;
  /** Keys of what must be told, even when it leaves no record. */
  private readonly marked: ReadonlySet<string>;
  /** What the schedule holds back, until it runs. */
  private readonly held = new Map<string, PendingEvent>();
  private current: PendingEvent | null = null;
  private currentUs = 0;
  private world: World | null = null;

  constructor(private readonly repro: Repro) {
    this.chosen = new Set([...repro.choices.map(({ pick }) => pick), ...repro.holds.map(({ hold }) => hold)]);
    const { first, second } = repro.critical ?? {};
    this.marked = new Set([...this.chosen, first ?? '', second ?? '']);
  }

  watch(world: World): void {
    this.world = world;
    world.redis.onCommand(({ server, args, footprint }) => {
      const name = args[0]!.toUpperCase();
      const touched = [...footprint.reads, ...footprint.writes].filter((key) => key !== '*');
      const routine =
        ROUTINE_COMMANDS.has(name) ||
        touched.every((key) => key.startsWith('voice:') || key === 'sfu_nodes' || key === 'lock:caretaker');
      this.tell({
        host: server.host.id,
        kind: 'command',
        label: commandLabel(args, footprint.writes),
        detail: args.join(' ').slice(0, 400),
        reads: [...footprint.reads],
        writes: [...footprint.writes],
        ...(routine && name !== 'PUBLISH' ? { routine: true as const } : {}),
      });
    });
  }

  /** Events that may come next. */
  offer(candidates: readonly PendingEvent[]): void {
    for (const event of candidates) if (this.chosen.has(event.key)) this.held.set(event.key, event);
  }

  /** The next event of the world is about to run. */
  next(event: PendingEvent, nowUs: number): void {
    this.tellSilent();
    this.tellCalledOff();
    this.held.delete(event.key);
    this.current = event;
    this.currentUs = nowUs;
    this.told.set(event.sequence, this.told.get(event.cause) ?? -1);
    const { lane } = event;
    // what nobody can see unless it leaves a record is told when it does, or when the schedule chose it
    if (lane !== null && this.marked.has(event.key) && / timers$/.test(lane.name)) {
      this.tell({ host: lane.actor ?? 'world', kind: 'timer', label: 'timer' });
    }
  }

  /** What has just run left no record, but the schedule chose it or it decides. */
  private tellSilent(): void {
    const { current } = this;
    if (current === null || this.keys.has(current.key) || !this.marked.has(current.key)) return;
    this.tell(silent(current, this.kindOf.bind(this)));
  }

  /** What the schedule has held back until it could not come any more: its connection was closed, its timer cleared. */
  private tellCalledOff(): void {
    for (const [key, event] of this.held) {
      if (!event.cancelled) continue;
      this.held.delete(key);
      const { host, label } = silent(event, this.kindOf.bind(this));
      this.tell({
        host,
        kind: 'state',
        label: `${label} (never comes: called off while it was held back)`,
        chosen: true,
      });
    }
  }

  /** What the schedule has held back to the end: that it has not come is what the violation needs. */
  private tellHeld(endedUs: number): void {
    this.tellCalledOff();
    this.current = null;
    this.currentUs = endedUs;
    for (const event of this.held.values()) {
      const { host, label } = silent(event, this.kindOf.bind(this));
      const lateUs = endedUs - event.timeUs;
      this.tell({
        host,
        kind: 'state',
        label: `${label} (still to come)`,
        chosen: true,
        ...(lateUs > 0 ? { lateUs } : {}),
      });
    }
  }

  record(entry: TraceEntry): void {
    const { host, to, kind, key } = entry;
    if (kind === 'redis.reply' || kind.startsWith('net.') || kind === 'p2p.try') return;
    if (to !== undefined) {
      const routine = ROUTINE.test(kind);
      if (kind === 'redis') {
        // a batch of commands: its commands are told one by one
        if (this.kindOf(to) === 'redis') return;
        this.tell({ host: to, from: host, kind: 'message', label: 'reply', routine: true });
        return;
      }
      this.tell({ host: to, from: host, kind: 'message', label: kind, ...(routine ? { routine: true as const } : {}) });
      return;
    }
    if (kind.startsWith('person.')) this.tell({ host, kind: 'action', label: actionLabel(kind, key) });
    else if (kind.startsWith('fault.') || kind.startsWith('host.')) {
      if (kind !== 'host.start') this.tell({ host, kind: 'fault', label: kind.replace(/^(fault|host)\./, '') });
    } else if (this.kindOf(host) !== null) {
      const detail = typeof entry.detail === 'string' ? entry.detail : undefined;
      this.tell({
        host,
        kind: 'state',
        label: `${kind.replace(/^client\./, '')} ${key}${kind === 'client.view' && detail ? ` (${detail})` : ''}`,
        ...(detail === undefined ? {} : { detail }),
        ...(kind === 'client.view' ? { state: { view: Number(key), mode: detail ?? '' } } : {}),
      });
    }
  }

  story(outcome: Outcome, replay: string): Counterexample {
    const { repro } = this;
    const violation = outcome.violation ?? { ...repro.violation, subjects: repro.violation.subjects };
    const subject = violation.subjects
      .map((name) => (/^\d+$/.test(name) ? `client-${name}` : name))
      .find((id) => this.kindOf(id) !== null);
    this.tellSilent();
    this.tellHeld(outcome.endedUs);
    const last = this.events.at(-1);
    this.events.push({
      n: (last?.n ?? 0) + 1,
      atUs: Math.round(outcome.endedUs),
      host: subject ?? last?.host ?? 'world',
      kind: 'violation',
      label: violation.message,
    });
    const events = this.selected();
    const used = new Set(events.flatMap(({ host, from }) => (from === undefined ? [host] : [host, from])));
    const { scenario } = suspectOf(repro).given;
    const { first, second } = repro.critical ?? { first: '', second: '' };
    const from = this.keys.get(first);
    const to = this.keys.get(second);
    const shown = new Set(events.map(({ n }) => n));
    return {
      format: 'deadair-counterexample',
      version: 1,
      deadairVersion: DEADAIR_VERSION,
      scenario: { name: scenario.name, hash: scenarioHash(scenario) },
      ...(repro.hazards.length === 0 ? {} : { hazard: repro.hazards.join(', ') }),
      seed: repro.seed,
      strategy: repro.strategy,
      violation: {
        oracle: violation.oracle,
        kind: violation.kind,
        message: violation.message,
        atUs: Math.round(violation.atUs),
        subjects: [...violation.subjects],
      },
      hosts: [...this.hostOrder()].filter(([id]) => used.has(id)).map(([id, kind]) => ({ id, kind })),
      events,
      critical:
        repro.critical === null || from === undefined || to === undefined || !shown.has(from) || !shown.has(to)
          ? null
          : {
              first: from,
              second: to,
              sentence: `${first} runs before ${second}.`,
              swapPasses: true,
            },
      minimised: {
        actors: repro.minimised?.actors ?? 0,
        actions: repro.minimised?.actions ?? 0,
        faults: repro.minimised?.faults ?? 0,
        choices: repro.choices.length + repro.holds.length,
        replays: repro.minimised?.replays ?? 0,
      },
      actions: (scenario.population.script ?? []).map((step) => ({
        atS: step.atS,
        actor: `client-${step.user}`,
        what: actionLabel(`person.${step.do}`, step.channel),
      })),
      faults: scenario.faults.map((fault) => ({
        atS: fault.atS,
        kind: fault.kind,
        target: targetOf(fault),
        forS: 'forS' in fault ? (fault.forS ?? null) : 0,
      })),
      replay,
    };
  }

  private tell(event: Omit<Draft, 'n' | 'atUs'>): void {
    const kernel = this.current;
    const n = (this.events.at(-1)?.n ?? -1) + 1;
    const draft: Draft = { n, atUs: this.currentUs, ...event };
    if (kernel !== null) {
      const cause = this.told.get(kernel.sequence) ?? -1;
      if (cause >= 0) draft.cause = cause;
      if (draft.from !== undefined) draft.sentUs = kernel.pushedUs;
      const late = this.currentUs - kernel.timeUs;
      if (late > 0) draft.lateUs = late;
      if (kernel.lane !== null) {
        if (!this.keys.has(kernel.key)) {
          this.keys.set(kernel.key, n);
          if (this.chosen.has(kernel.key)) draft.chosen = true;
        }
      }
      this.told.set(kernel.sequence, n);
    }
    this.events.push(draft);
  }

  /** Without routine, unless the schedule chose it or it decides; the latest. */
  private selected(): CounterexampleEvent[] {
    const decisive = new Set(
      [this.repro.critical?.first, this.repro.critical?.second].map((key) => this.keys.get(key ?? '')),
    );
    const byNumber = new Map(this.events.map((event) => [event.n, event]));
    const kept = this.events
      .filter((event) => !event.routine || event.chosen === true || decisive.has(event.n))
      .slice(-SHOWN);
    const shown = new Set(kept.map(({ n }) => n));
    return kept.map((event, index) => {
      const before = kept[index - 1]?.n ?? -1;
      const count = event.n - before - 1;
      // an arrow from something that is not shown starts at what caused that
      let cause = event.cause;
      while (cause !== undefined && !shown.has(cause)) cause = byNumber.get(cause)?.cause;
      const { cause: _cause, ...rest } = event;
      return {
        ...rest,
        ...(cause === undefined ? {} : { cause }),
        ...(count > 0 ? { omittedBefore: { count, what: 'routine events' } } : {}),
      };
    });
  }

  private kindOf(id: string): HostKind | null {
    const known = this.kinds.get(id);
    if (known !== undefined) return known;
    const kind = this.world?.hosts.get(id)?.kind ?? null;
    if (kind !== null) this.kinds.set(id, kind);
    return kind;
  }

  /** People first, then what they talk to, then what is behind. */
  private hostOrder(): [string, string][] {
    const order = ['client', 'balancer', 'backend', 'redis', 'sentinel', 'sfu', 'turn'];
    const all = [...(this.world?.hosts ?? [])].map(([id, { kind }]): [string, string] => [id, kind]);
    if (this.events.some(({ host }) => host === 'world')) all.push(['world', 'world']);
    return all.sort(
      // of one kind: by number, so that backend-2 stands before backend-10
      (a, b) => order.indexOf(a[1]) - order.indexOf(b[1]) || a[0].length - b[0].length || (a[0] < b[0] ? -1 : 1),
    );
  }
}

/** An event of a lane that no record tells of: a packet that changes nothing by itself, or one that has not arrived. */
function silent(event: PendingEvent, kindOf: (id: string) => HostKind | null): Omit<Draft, 'n' | 'atUs'> {
  const name = event.lane?.name ?? '';
  const host = event.lane?.actor ?? 'world';
  const [, from, service] = /^(\S+)>\S+ (\S+)$/.exec(name) ?? [];
  if (from === undefined || kindOf(from) === null)
    return { host, kind: 'timer', label: name.replace(`${host} `, '').replace(/^timers$/, 'timer') };
  return { host, from, kind: 'message', label: `${service} from ${from}` };
}

/** A command in a few words: its name and the keys it changed, or else its key. */
function commandLabel(args: readonly string[], writes: readonly string[]): string {
  const name = args[0]!.toUpperCase();
  const keys = writes.filter((key) => !key.startsWith('voice:'));
  if (name === 'EVALSHA' || name === 'EVAL')
    return keys.length > 0 ? `script writes ${keys.join(' ')}` : 'script writes nothing';
  return [name, args[1] ?? '', name === 'SET' ? (args[2] ?? '') : ''].join(' ').trim().slice(0, 60);
}

function actionLabel(kind: string, channel: string | number): string {
  const what = kind.slice('person.'.length);
  return what === 'join' ? `joins channel ${channel}` : what;
}

function targetOf(fault: Fault): string {
  if (fault.kind === 'partition') return `${fault.from.join(',')} | ${fault.to.join(',')}`;
  return fault.kind === 'operator' ? fault.do : fault.target;
}
