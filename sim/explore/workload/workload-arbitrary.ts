import { Arbitrary, Random, Stream, Value } from 'fast-check';
import { labelledGenerator } from '../../kernel/random.js';
import type { Fault, ScriptStep } from '../../scenario/index.js';
import { type ShrinkPlace, shrinkWorkload } from './shrink-workload.js';
import { sensible, type Workload, workloadProblem, workloadSchema } from './workload.js';
import {
  type CallWorkload,
  type ResolvedWorkloadOptions,
  resolveWorkloadOptions,
  type WorkloadOptions,
} from './workload-options.js';

const SPREADS_MS = [0, 2, 20, 200, 1_500] as const;
/** Of the time-out that everything hangs on, the time to live of the lock. */
const PAUSES = [0.5, 1, 1.1, 2] as const;
/** Until a dead primary has been replaced, and has come back as a replica. */
const FAILOVER_S = 12;
/** Within the 3 s after which a backend gives a call up. */
const SLOW_MS = 2_000;

/**
 * Workloads as a fast-check arbitrary: nothing in them is without effect (who leaves has come), what people do comes in bursts and faults lie near to
 * it, so that things meet. It is one arbitrary of its own, not a composition: a search asks for a new workload for every few schedules, and
 * this one costs a few microseconds; and its shrinking knows what is simpler here, which lists of records do not.
 */
class WorkloadArbitrary extends Arbitrary<Workload> {
  constructor(private readonly options: ResolvedWorkloadOptions) {
    super();
  }

  override generate(random: Random, _biasFactor: number | undefined): Value<Workload> {
    return new Value<Workload>(new Draw(random, this.options).workload(), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Workload {
    const parsed = workloadSchema.safeParse(value);
    return parsed.success && workloadProblem(parsed.data) === null;
  }

  override shrink(value: Workload, context: unknown): Stream<Value<Workload>> {
    const smaller = shrinkWorkload(value, context as ShrinkPlace | undefined);
    return new Stream(smaller).map(({ workload, place }) => new Value<Workload>(workload, place));
  }
}

/** Draws one workload. */
class Draw {
  private readonly script: ScriptStep[] = [];
  private readonly bursts: number[] = [];
  private readonly spreadUs: number;
  private readonly durationUs: number;

  constructor(
    private readonly random: Random,
    private readonly options: ResolvedWorkloadOptions,
  ) {
    this.spreadUs = Math.round(1e3 * (options.spreadMs ?? this.one(SPREADS_MS)));
    this.durationUs = Math.round(options.durationS * 1e6);
    // the last of them early enough for something to come of it
    const lastUs = Math.max(0, this.durationUs - 1_800_000);
    for (let left = random.nextInt(2, 5); left > 0; left--)
      this.bursts.push(random.nextInt(Math.min(200_000, lastUs), lastUs));
  }

  workload(): Workload {
    const { usersMin, usersMax, faultKinds, faultsMin, faultsMax } = this.options;
    const users = this.random.nextInt(usersMin, usersMax);
    if (this.options.calls !== null) this.callEachOther(users, this.options.calls);
    else this.meet(users);
    const script = sensible(this.script.sort(byTime));
    const faults: Fault[] = [];
    const count = faultKinds.length === 0 ? 0 : this.random.nextInt(faultsMin, faultsMax);
    while (faults.length < count) faults.push(this.fault(script, users));
    return { script, faults: faults.sort(byTime) };
  }

  /** Everybody joins, and some do more. */
  private meet(users: number): void {
    const { habits } = this.options;
    for (let user = 1; user <= users; user++) this.step(user, 'join', this.near(this.chance(0.6) ? 0 : null));
    const acts = habits.length === 0 ? 0 : this.random.nextInt(1, 2 * users);
    for (let left = acts; left > 0; left--) this.act(this.random.nextInt(1, users));
  }

  /** Some take calls, the others call them; who is to answer makes up its mind before it rings, or while it does. */
  private callEachOther(users: number, { organisations, habits, ringTimeoutMs }: CallWorkload): void {
    const has = (habit: CallWorkload['habits'][number], probability: number) =>
      habits.includes(habit) && this.chance(probability);
    const callers = this.random.nextInt(1, Math.max(1, users >> 1));
    const staff = users - callers;
    for (let user = 1; user <= staff; user++)
      this.say(
        user,
        'call-on',
        this.chance(0.8) ? this.random.nextInt(100_000, 400_000) : this.near(null),
        organisations,
      );
    for (let user = staff + 1; user <= users; user++) {
      const calledUs = Math.max(700_000, this.near(this.chance(0.6) ? 0 : null));
      this.say(user, 'call', calledUs, organisations);
      const lateUs = calledUs + ringTimeoutMs * 1_000 + this.random.nextInt(100_000, 900_000);
      for (let other = 1; other <= staff; other++) {
        if (!this.chance(0.8)) continue;
        const atUs = has('late', 0.5) ? lateUs + this.random.nextInt(0, this.spreadUs) : this.soon(calledUs);
        this.say(other, has('decline', 0.4) ? 'decline' : 'accept', atUs, 1);
      }
      if (has('give-up', 0.5)) this.say(user, 'hang-up', has('late', 0.5) ? lateUs : this.soon(calledUs), 1);
      if (has('hang-up', 0.6)) {
        const atUs = calledUs + this.random.nextInt(1_000_000, 3_000_000);
        this.say(this.chance(0.6) ? user : this.random.nextInt(1, Math.max(1, staff)), 'hang-up', atUs, 1);
        if (this.chance(0.5)) this.say(user, 'call', this.soon(atUs), organisations);
      }
    }
    for (let user = 1; user <= users; user++) {
      const again = user <= staff ? 'call-on' : 'call';
      const atUs = this.near(null);
      if (user <= staff && has('call-off', 0.4)) this.say(user, 'call-off', atUs, 1);
      else if (has('close-tab', 0.3)) this.say(user, 'close-tab', atUs, 1);
      else if (has('reload', 0.3)) this.step(user, 'reload', atUs, this.between(0.05, 1.05));
      else if (has('sleep', 0.3)) {
        this.step(user, 'sleep', atUs, this.between(0.2, 4.2));
        continue;
      } else continue;
      if (this.chance(0.7)) this.say(user, again, this.soon(atUs + 1_000_000), organisations);
    }
  }

  private say(user: number, what: ScriptStep['do'], atUs: number, organisations: number): void {
    const channel = this.random.nextInt(1, organisations);
    this.script.push({ atS: Math.min(atUs, this.durationUs) / 1e6, user, do: what, channel, forS: 1 });
  }

  private act(user: number): void {
    const atUs = this.near(null);
    const habit = this.one(this.options.habits);
    switch (habit) {
      case 'leave':
        this.step(user, 'leave', atUs);
        if (this.chance(0.7)) this.step(user, 'join', this.chance(0.5) ? this.soon(atUs) : this.near(null));
        break;
      case 'close-tab':
        this.step(user, 'close-tab', atUs);
        if (this.chance(0.5)) this.step(user, 'join', this.soon(atUs));
        break;
      case 'second-tab':
        this.step(user, 'second-tab', atUs);
        break;
      case 'reload':
        this.step(user, 'reload', atUs, this.between(0.05, 1.05));
        break;
      case 'sleep':
        this.step(user, 'sleep', atUs, this.between(0.2, 4.2));
        break;
      case 'move':
        this.step(user, 'join', atUs);
        break;
    }
  }

  private step(user: number, what: ScriptStep['do'], atUs: number, forS = 1): void {
    const channel = what === 'join' ? this.random.nextInt(1, this.options.channels) : 1;
    this.script.push({ atS: Math.min(atUs, this.durationUs) / 1e6, user, do: what, channel, forS });
  }

  /** One SFU node, or now and then all. */
  private nodes(count: number): string {
    return this.chance(0.3) ? 'sfu-*' : `sfu-${this.random.nextInt(1, count)}`;
  }

  private fault(script: readonly ScriptStep[], users: number): Fault {
    const { faultKinds, durationS, topology, lockTtlMs } = this.options;
    const kind = this.one(faultKinds);
    // close to something that somebody does
    const nearS = this.one(script).atS + this.between(0, this.chance(0.7) ? 0.15 : 1.5);
    const atS = Math.max(0, Math.min(durationS - 0.5, nearS));
    const numbered = (name: string, count: number) => `${name}-${this.random.nextInt(1, count)}`;
    const pauseS = (lockTtlMs / 1e3) * this.one(PAUSES);
    // now and then longer than any time-out of a client
    const longS = this.chance(0.15) ? this.between(5, 9) : this.between(0.3, 4.3);
    switch (kind) {
      case 'redis-crash':
        return { kind, atS, target: 'primary', forS: topology.redis.replicas > 0 ? FAILOVER_S : longS };
      case 'redis-pause':
        return { kind, atS, target: 'primary', forS: pauseS };
      case 'redis-restart':
        return { kind, atS, target: 'primary', keepData: this.chance(0.7) };
      case 'sentinel-crash':
        return { kind, atS, target: numbered('sentinel', topology.redis.sentinels), forS: longS };
      case 'backend-pause':
        return { kind, atS, target: numbered('backend', topology.backends), forS: pauseS };
      case 'backend-crash':
      case 'backend-cut-off':
        return { kind, atS, target: numbered('backend', topology.backends), forS: longS };
      case 'sfu-crash':
      case 'sfu-pause':
      case 'sfu-cut-off':
      case 'sfu-refuse':
        return { kind, atS, target: this.nodes(topology.sfuNodes), forS: longS };
      case 'sfu-slow':
        return { kind, atS, target: this.nodes(topology.sfuNodes), forS: longS, delayMs: SLOW_MS };
      case 'sfu-flaky':
        return {
          kind,
          atS,
          target: this.nodes(topology.sfuNodes),
          forS: longS,
          startFailShare: 0.5,
          joinFailShare: 0.5,
          dropsPerHour: 0,
        };
      case 'turn-crash':
        return { kind, atS, target: numbered('turn', topology.turnServers ?? 0), forS: longS };
      case 'operator':
        return { kind, atS, do: 'health', user: 1 };
      case 'partition':
        return this.partition(atS, longS, users);
    }
  }

  private partition(atS: number, forS: number, users: number): Fault {
    const { topology, partitions } = this.options;
    const what = this.one(partitions);
    const backend = `backend-${this.random.nextInt(1, topology.backends)}`;
    const client = `client-${this.random.nextInt(1, users)}`;
    const peers = ['backend-*', `client-${this.random.nextInt(1, users)}`, ...(topology.sfuNodes > 0 ? ['sfu-*'] : [])];
    const sides =
      what === 'store' ? [backend, 'redis-*'] : what === 'sfu' ? [backend, 'sfu-*'] : [client, this.one(peers)];
    if (this.chance(0.5)) sides.reverse();
    const way = this.chance(what === 'client' ? 0.3 : 0.5) ? 'both' : 'a-to-b';
    return { kind: 'partition', atS, forS, from: [sides[0]!], to: [sides[1]!], way };
  }

  /** A time in one of the bursts, the one given or any, in microseconds. */
  private near(burst: number | null): number {
    const startUs = burst === null ? this.one(this.bursts) : this.bursts[burst]!;
    return startUs + this.random.nextInt(0, this.spreadUs);
  }

  private soon(atUs: number): number {
    return atUs + this.random.nextInt(0, 300_000);
  }

  private one<T>(list: readonly T[]): T {
    return list[this.random.nextInt(0, list.length - 1)]!;
  }

  private chance(probability: number): boolean {
    return this.random.nextInt(1, 100) <= 100 * probability;
  }

  /** In steps of a millisecond. */
  private between(fromS: number, toS: number): number {
    return this.random.nextInt(Math.round(1e3 * fromS), Math.round(1e3 * toS)) / 1e3;
  }
}

const byTime = (a: { readonly atS: number }, b: { readonly atS: number }): number => a.atS - b.atS;

/** An arbitrary of workloads for fast-check: `fc.property(workloadArbitrary(), ...)`. */
export function workloadArbitrary(options: WorkloadOptions = {}): Arbitrary<Workload> {
  return new WorkloadArbitrary(resolveWorkloadOptions(options));
}

/** Workloads of one seed, one after the other, with what their arbitrary needs to shrink them; the same for the same seed, for searches without fast-check's runner. */
export function workloadSource(arbitrary: Arbitrary<Workload>, seed: number): () => Value<Workload> {
  const random = new Random(labelledGenerator(seed, 'workload'));
  return () => arbitrary.generate(random, undefined);
}
