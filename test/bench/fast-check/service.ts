import { ModeController } from '../../../core/client/mode-controller.js';
import type { Policy } from '../../../core/policy.js';
import type { SfuRoom } from '../../../core/ports.js';
import { hashName, mixHash } from '../../../sim/clients/hash.js';
import type { ControllerClass, Observer } from '../../../sim/clients/index.js';
import type { SwarmCase } from '../../../sim/explore/index.js';
import { type ChoiceStream, Choices } from '../../../sim/kernel/index.js';
import { type Gap, Hearing } from '../../../sim/media/index.js';
import type { Evidence, StoreEvidence } from '../../../sim/oracles/index.js';
import { type Fault, resolvePolicy } from '../../../sim/scenario/index.js';
import type { Replacements } from '../../../sim/world/world.js';
import { WorldEvents } from '../../../sim/world/world-events.js';
import { Backend } from './backend.js';
import { Fabric, type Release } from './fabric.js';
import { Person } from './person.js';
import type { Process } from './process.js';
import { Node } from './sfu.js';
import { Store } from './store.js';
import type { Tab } from './tab.js';
import type { VirtualTime } from './virtual-time.js';

interface Trouble {
  readonly store: boolean;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface ServiceOptions {
  readonly given: SwarmCase;
  readonly time: VirtualTime;
  readonly release: Release;
  /** False: messages take no time but what their release takes. */
  readonly latencies: boolean;
  readonly collaborators: Replacements;
  /** Oracles that need timeliness keep quiet until then. */
  readonly untimelyUntilUs: number;
}

const STORE_SETTLE_US = 60_000_000;

/** Backends, store, SFU nodes and people of a case in this process, without the simulator: what fast-check schedules. Also what oracles may see of it. */
export class Service implements Evidence {
  readonly events = new WorldEvents();
  readonly tabs = new Map<string, Tab>();
  readonly fabric: Fabric;
  readonly nodes = new Map<string, Node>();
  readonly hearing: Hearing;
  readonly ears = null;
  readonly tokens = null;
  readonly time: VirtualTime;
  readonly policy: Policy;
  readonly store: StoreEvidence;
  readonly Controller: ControllerClass;
  private readonly redis: Store;
  private readonly backends: Backend[] = [];
  private readonly people = new Map<number, Person>();
  private readonly troubles: Trouble[] = [];
  private readonly choices: Choices;

  constructor(private readonly options: ServiceOptions) {
    const { given, time, collaborators } = options;
    const { scenario, seed } = given;
    this.time = time;
    this.choices = new Choices(seed);
    this.policy = resolvePolicy(scenario);
    this.Controller = collaborators.ModeController ?? ModeController;
    const slow = new Set(
      Object.keys(scenario.network.clientProfiles).length > 1
        ? Array.from({ length: 6 }, (_, user) => `client-${user + 1}`).filter(() => this.stream('slow').chance(0.5))
        : [],
    );
    const jitter = this.stream('latency');
    const latencyUs = (from: string, to: string): number => {
      const client = [from, to].filter((id) => id.startsWith('client-'));
      if (client.length === 0) return jitter.between(300, 1_500);
      return client.reduce(
        (sum, id) => sum + (slow.has(id) ? jitter.between(130e3, 200e3) : jitter.between(5e3, 25e3)),
        0,
      );
    };
    this.fabric = new Fabric(time, options.latencies ? latencyUs : () => 0, options.release, () => this.reachability());
    this.hearing = new Hearing({
      nowUs: () => time.nowUs,
      reachable: (from, to) => this.fabric.reachable(from.id, to.id),
      onGap: (gap) => this.events.gap(gap),
      onDoubled: (listener, talker, channelId) => this.events.doubled(listener.userId, talker.userId, channelId),
    });
    this.redis = new Store(this.fabric);
    this.store = this.redis.evidence;
    for (let i = 1; i <= scenario.topology.sfuNodes; i++) {
      const name = `sfu-${i}`;
      this.nodes.set(name, new Node(this.fabric, name, this.stream(name), () => this.reachability()));
    }
    for (let i = 1; i <= scenario.topology.backends; i++) {
      const id = `backend-${i}`;
      const { fabric, policy, redis: store, nodes } = this;
      this.backends.push(new Backend({ id, fabric, policy, store, nodes, stream: this.stream(id), collaborators }));
    }
    for (const step of scenario.population.script ?? [])
      time.after(step.atS * 1e6, () => {
        let person = this.people.get(step.user);
        if (!person) {
          if (step.do !== 'join') return;
          person = new Person(this, step.user, this.stream(`person/${step.user}`));
          this.people.set(step.user, person);
        }
        person.carryOut(step);
      });
    for (const fault of scenario.faults) time.after(fault.atS * 1e6, () => this.inject(fault));
  }

  stream(name: string): ChoiceStream {
    return this.choices.stream(`in-process/${name}`);
  }

  /** A backend that runs, for a user's n-th attempt in a row. */
  pick(userId: string, attempt: number): Backend | null {
    const hash = hashName(userId);
    const running = this.backends
      .filter(({ process }) => process.state !== 'down')
      .map((backend) => ({ backend, order: mixHash(hash ^ hashName(backend.process.id)) }))
      .sort((a, b) => b.order - a.order);
    return running.length === 0 ? null : running[attempt % running.length]!.backend;
  }

  /** When the last fault is over. */
  get overUs(): number {
    return this.troubles.reduce(
      (latest, { fromUs, toUs }) => Math.max(latest, Number.isFinite(toUs) ? toUs : fromUs),
      0,
    );
  }

  // evidence

  get nowUs(): number {
    return this.time.nowUs;
  }

  *sessions(): Iterable<Tab> {
    for (const tab of this.tabs.values()) if (tab.open) yield tab;
  }

  rooms(): readonly SfuRoom[] {
    return [...this.nodes.values()].flatMap((node) => node.running());
  }

  disturbed(settleUs: number): boolean {
    if (this.nowUs <= this.options.untimelyUntilUs + settleUs) return true;
    return this.troubles.some(({ fromUs, toUs }) => fromUs <= this.nowUs && this.nowUs <= toUs + settleUs);
  }

  storeMayForget(): boolean {
    return false;
  }

  storeDisturbed(): boolean {
    return this.troubles.some(
      ({ store, fromUs, toUs }) =>
        store && fromUs <= this.nowUs && this.nowUs <= (Number.isFinite(toUs) ? toUs : fromUs) + STORE_SETTLE_US,
    );
  }

  onClients(listener: Partial<Observer>): void {
    this.events.listen(listener);
  }

  onView(listener: Parameters<Evidence['onView']>[0]): void {
    this.events.listen({
      viewApplied: ({ userId, sessionId }, channelId, version, epoch, mode, roster) =>
        listener({ userId, sessionId, channelId, version, epoch, mode, roster }),
    });
  }

  onReadySent(listener: Parameters<Evidence['onReadySent']>[0]): void {
    this.events.listen({
      migrationReady: ({ userId, sessionId }, channelId, epoch) => listener({ userId, sessionId, channelId, epoch }),
    });
  }

  onFailedSent(listener: Parameters<Evidence['onFailedSent']>[0]): void {
    this.events.listen({ migrationFailed: ({ userId }, channelId) => listener({ userId, channelId }) });
  }

  onStoreCommand(listener: Parameters<Evidence['onStoreCommand']>[0]): void {
    this.redis.listeners.push(listener);
  }

  onStoreWrite(families: readonly string[], listener: Parameters<Evidence['onStoreCommand']>[0]): void {
    this.redis.listeners.push((command) => {
      if (command.writes.some((key) => families.includes(key.split(':', 1)[0]!))) listener(command);
    });
  }

  onGap(listener: (gap: Gap) => void): void {
    this.events.listen({ gap: listener });
  }

  onDoubled(listener: (listenerId: string, talkerId: string, channelId: number) => void): void {
    this.events.listen({ doubled: listener });
  }

  // faults

  private inject(fault: Fault): void {
    if (fault.kind === 'operator') return; // there is none here
    const forS = 'forS' in fault ? fault.forS : 0;
    const forUs = forS === undefined ? undefined : forS * 1e6;
    const sides = fault.kind === 'partition' ? [...fault.from, ...fault.to] : [fault.target];
    this.troubles.push({
      store: sides.some((side) => /^(redis|primary)/.test(side)),
      fromUs: this.nowUs,
      toUs: forUs === undefined ? Number.POSITIVE_INFINITY : this.nowUs + forUs,
    });
    if (fault.kind === 'partition') {
      const [from, to] = [matcher(fault.from), matcher(fault.to)];
      this.fabric.cut(from, to, forUs);
      if (fault.way === 'both') this.fabric.cut(to, from, forUs);
      return;
    }
    const matches = matcher([fault.target]);
    const targets = this.processes().filter(({ id }) => matches(id));
    switch (fault.kind) {
      case 'redis-pause':
      case 'backend-pause':
      case 'sfu-pause':
        for (const process of targets) process.pause(forUs!);
        break;
      case 'redis-crash':
      case 'backend-crash':
      case 'sfu-crash':
        for (const process of targets) process.crash(forUs);
        break;
      case 'sfu-refuse':
      case 'sfu-slow':
        for (const { id } of targets) {
          const node = this.nodes.get(id)!;
          const [refusals, slowMs] = fault.kind === 'sfu-refuse' ? [1, 0] : [0, fault.delayMs];
          node.refusals += refusals;
          node.slowMs += slowMs;
          if (forUs === undefined) continue;
          this.time.after(forUs, () => {
            node.refusals -= refusals;
            node.slowMs -= slowMs;
          });
        }
        break;
      case 'redis-restart':
        for (const process of targets) process.crash(50e3);
        if (!fault.keepData) this.redis.wipe();
        break;
      case 'backend-cut-off':
      case 'sfu-cut-off':
        for (const { id } of targets) {
          this.fabric.cut(
            (each) => each === id,
            () => true,
            forUs,
          );
          this.fabric.cut(
            () => true,
            (each) => each === id,
            forUs,
          );
        }
        break;
    }
  }

  private processes(): Process[] {
    return [
      this.redis.process,
      ...this.backends.map(({ process }) => process),
      ...[...this.nodes.values()].map(({ process }) => process),
    ];
  }

  private reachability(): void {
    // while the service is being built there is nobody to hear anything
    for (const tab of this.sessions()) this.hearing?.memberChanged(tab);
  }
}

/** Names of hosts with `*` at the end, or `primary`, or `any`: the first of its kind. */
function matcher(names: readonly string[]): (id: string) => boolean {
  return (id) =>
    names.some((name) => {
      if (name === 'primary') return id === 'redis-1';
      if (name === 'any') return id.endsWith('-1');
      return name.endsWith('*') ? id.startsWith(name.slice(0, -1)) : name === id;
    });
}
