import { keys } from '../../../core/keys.js';
import type { VirtualClient } from '../../clients/index.js';
import {
  CLIENT_MACHINE,
  type ClientTransition,
  type MigrationTransition,
  migrationMachineName,
  type TransitionCoverage,
  watchClients,
  watchMigrations,
} from '../../coverage/index.js';
import type { FaultRecord } from '../../faults/fault-plan.js';
import type { Host } from '../../hosts/index.js';
import { Judge, oracles } from '../../oracles/index.js';
import { resolveScenario, type ScenarioInput } from '../../scenario/index.js';
import { type Replacements, World } from '../../world/world.js';
import { WorldEvidence } from '../../world/world-evidence.js';

/** The channel on stage. The people come from channels of their own. */
export const STAGE_CHANNEL = 9;

/** People on stage: users `1` to `5`. */
export const PEOPLE = 5;

/** Everybody has arrived, left again, and nothing of it is left. */
const OPENS_AT_S = 6;

/** Order is looked for from so long after the last fault on, and must be there within so long. */
const ORDER_AFTER_S = 15;
const ORDER_WITHIN_S = 90;

/** How to make a {@link Stage}. */
export interface StageOptions {
  readonly seed: number;
  readonly policy?: ScenarioInput['policy'];
  readonly sfuNodes?: number;
  /** Is told of every transition on the stage's channel, and of every step of a client, while the play lasts. */
  readonly coverage?: TransitionCoverage | undefined;
  /** Classes of the core to use instead of its own. */
  readonly collaborators?: Replacements | undefined;
}

interface Fault {
  readonly record: FaultRecord;
  readonly end: () => void;
}

/**
 * A small world that is played by hand: two backends, five people, one channel, and whatever goes wrong by order. All means are those of the
 * world outside (people, processes, network); looking at Redis and listening to commits only decides *when* to use them. Time
 * stands still while nobody waits ({@link until}, {@link pass}), so that an order is carried out in the very event that it is a reaction to.
 */
export class Stage {
  readonly world: World;
  readonly judge: Judge;
  /** Committed transitions of the channel's migrations, in order. */
  readonly migrations: MigrationTransition[] = [];
  /** What clients went through since the curtain rose, in order. */
  readonly steps: ClientTransition[] = [];
  /** Each value that the migration's state in Redis has had, `-` for none. Made from the data, not from the commits. */
  readonly stored: string[] = ['-'];
  private readonly faults = new Map<string, Fault>();
  private reactions: { readonly state: string; readonly action: () => void }[] = [];
  private open = false;
  private awaited: (() => boolean) | null = null;
  private lookingAtUs = -1;

  constructor(options: StageOptions) {
    const { seed, policy, sfuNodes = 1, coverage, collaborators } = options;
    const scenario = resolveScenario({
      name: 'stage',
      durationS: OPENS_AT_S,
      drainS: 0,
      policy: { profile: 'calls', pingEveryMs: 500, disableHoldMs: 1_000, ...policy },
      topology: { backends: 2, sfuNodes, redis: { replicas: 0, sentinels: 0 } },
      population: {
        clients: PEOPLE,
        channels: PEOPLE,
        membersMin: 1,
        membersMax: 1,
        arrival: { kind: 'storm', atS: 0.1, overS: 0.1 },
      },
    });
    const watched = watchClients(
      (step) => {
        if (!this.open) return;
        this.steps.push(step);
        coverage?.note(CLIENT_MACHINE, step.from, step.event);
        this.look();
      },
      watchMigrations((transition) => {
        if (!this.open || transition.channelId !== STAGE_CHANNEL) return;
        this.migrations.push(transition);
        coverage?.note(migrationMachineName(transition.to), transition.from, transition.event);
        this.look();
      }, collaborators),
    );
    this.world = new World(scenario, { seed, collaborators: watched });
    this.judge = new Judge(new WorldEvidence(this.world), oracles, () => []);
    const watchedKeys = new Set([keys.migration(STAGE_CHANNEL), keys.state(STAGE_CHANNEL)]);
    this.world.redis.onCommand(({ footprint: { writes } }) => {
      for (const key of writes) if (watchedKeys.has(key)) this.look();
    });
  }

  /** Where the migration stands according to Redis now, `-` when there is none. */
  get migrationState(): string {
    return this.world.redis.inspect().hgetall(keys.migration(STAGE_CHANNEL)).get('state') ?? '-';
  }

  /** A field of the channel's state in Redis, undefined when there is no channel. */
  channelField(name: string): string | undefined {
    return this.world.redis.inspect().hgetall(keys.state(STAGE_CHANNEL)).get(name);
  }

  /** Lets everybody arrive and go home again: from now on nothing happens unless it is ordered. */
  async rise(): Promise<void> {
    await this.pass(2);
    for (let user = 1; user <= PEOPLE; user++) this.person(user).leave();
    await this.pass(OPENS_AT_S - 2);
    this.open = true;
  }

  /**
   * Mends everything and waits until all is in order.
   * @throws Error when an oracle finds that it is not, or has found anything before
   */
  async fall(): Promise<void> {
    this.open = false;
    this.mendAll();
    for (let waitedS = 0; waitedS < ORDER_WITHIN_S; waitedS += 5) {
      await this.pass(5);
      if (waitedS >= ORDER_AFTER_S && this.judge.look()) break;
    }
    this.judge.conclude();
    const [first] = this.judge.violations;
    if (first) throw new Error(`seed ${this.world.sim.seed}, ${first.atUs / 1e6} s: ${first.oracle}: ${first.message}`);
  }

  person(user: number): VirtualClient {
    const client = this.world.population.find(String(user));
    if (!client) throw new Error(`user ${user} has not arrived`);
    return client;
  }

  join(...users: number[]): void {
    for (const user of users) this.person(user).join(STAGE_CHANNEL);
  }

  leave(...users: number[]): void {
    for (const user of users) this.person(user).leave();
  }

  /** Everybody who has a tab open leaves properly, at this moment. */
  leaveAll(): void {
    for (const client of this.world.population.clients) if (client.tab) client.leave();
  }

  // what goes wrong

  hosts(kind: 'backend' | 'sfu'): Host[] {
    return kind === 'backend'
      ? this.world.backends.map(({ host }) => host)
      : this.world.sfuNodes.map(({ host }) => host);
  }

  /** Nothing gets through between two groups until {@link mend}. */
  cut(name: string, from: readonly Host[], to: readonly Host[]): void {
    const { network } = this.world;
    this.begin(name, 'partition', [...from, ...to], () => {
      const id = network.partition(from, to);
      return () => network.heal(id);
    });
  }

  /** A person and all SFU nodes cannot reach each other. */
  cutFromSfu(user: number): void {
    this.cut(`${user}-sfu`, [this.person(user).host], this.hosts('sfu'));
  }

  /** A person and all backends cannot reach each other. */
  cutFromBackends(user: number): void {
    this.cut(`${user}-backends`, [this.person(user).host], this.hosts('backend'));
  }

  /** The backends cannot reach the SFU nodes; the people can. */
  cutBackendsFromSfu(): void {
    this.cut('backends-sfu', this.hosts('backend'), this.hosts('sfu'));
  }

  /** All SFU nodes stop (SIGSTOP) and go on when mended. */
  pauseSfu(): void {
    const hosts = this.hosts('sfu');
    this.begin('sfu-pause', 'sfu-pause', hosts, () => {
      for (const host of hosts) host.pause(Number.POSITIVE_INFINITY);
      return () => {
        for (const host of hosts) host.resume();
      };
    });
  }

  /** SFU nodes die with their rooms; default all. They start again when mended. */
  crashSfu(which: (host: Host) => boolean = () => true): void {
    const hosts = this.hosts('sfu').filter(which);
    this.begin(`crash of ${hosts.map(({ id }) => id).join(' ')}`, 'sfu-crash', hosts, () => {
      for (const host of hosts) host.crash();
      return () => {
        for (const host of hosts) host.start();
      };
    });
  }

  /** The node whose room the channel uses dies. */
  crashSfuInUse(): void {
    const [node] = (this.channelField('sfuRoom') ?? '').split('|');
    this.crashSfu(({ id }) => id === node);
  }

  pauseRedis(): void {
    const { host } = this.world.redis.primary;
    this.begin('redis-pause', 'redis-pause', [host], () => {
      host.pause(Number.POSITIVE_INFINITY);
      return () => host.resume();
    });
  }

  /** Ends one fault, if it is on. */
  mend(name: string): void {
    const fault = this.faults.get(name);
    if (!fault) return;
    this.faults.delete(name);
    fault.record.toUs = this.world.sim.nowUs;
    fault.end();
  }

  /** Ends all faults. */
  mendAll(): void {
    for (const name of [...this.faults.keys()]) this.mend(name);
  }

  /** Once, in the very moment in which Redis holds this state of the migration: before anybody has been told. */
  when(state: string, action: () => void): void {
    this.reactions.push({ state, action });
  }

  // time

  /** Lets time pass until the condition holds, at once if it does. False when it did not within the limit. */
  async until(condition: () => boolean, limitS: number): Promise<boolean> {
    if (condition()) return true;
    const { sim } = this.world;
    this.awaited = condition;
    const { endedBy } = await sim.run({ untilUs: sim.nowUs + Math.round(limitS * 1e6) });
    this.awaited = null;
    return endedBy === 'stop';
  }

  async pass(seconds: number): Promise<void> {
    const { sim } = this.world;
    await sim.run({ untilUs: sim.nowUs + Math.round(seconds * 1e6) });
  }

  /** Something may have changed: looks after this event. A script's commands are one event: half of one is never seen. */
  private look(): void {
    const { sim } = this.world;
    if (this.lookingAtUs === sim.nowUs) return;
    this.lookingAtUs = sim.nowUs;
    sim.after(0, () => {
      this.lookingAtUs = -1;
      const state = this.migrationState;
      if (this.open && state !== this.stored.at(-1)) {
        this.stored.push(state);
        for (const { action } of this.reactions.filter((each) => each.state === state)) action();
        this.reactions = this.reactions.filter((each) => each.state !== state);
      }
      if (this.awaited?.()) sim.stop();
    });
  }

  private begin(name: string, kind: FaultRecord['kind'], hosts: readonly Host[], start: () => () => void): void {
    if (this.faults.has(name)) return;
    const { faults, sim } = this.world;
    const target = hosts.map(({ id }) => id).join(', ');
    const record: FaultRecord = {
      kind,
      target,
      disturbs: true,
      fromUs: sim.nowUs,
      toUs: Number.POSITIVE_INFINITY,
    };
    faults.records.push(record);
    this.faults.set(name, { record, end: start() });
  }
}
