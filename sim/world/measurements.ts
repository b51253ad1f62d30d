import type { ClientRef } from '../clients/index.js';
import { scenarioCost } from '../cost/cost-options.js';
import { Samples } from '../metrics/recorder.js';
import type { Judge } from '../oracles/index.js';
import { type Measured, rateOf } from '../scenario/index.js';
import { alertMetrics } from './alert-metrics.js';
import { CallMeasurements } from './call-measurements.js';
import { LabelledMetrics } from './labelled-metrics.js';
import { mediaMetrics } from './media-metrics.js';
import { nodeMetrics } from './node-metrics.js';
import { PairGaps } from './pair-gaps.js';
import { rolloutMetrics } from './rollout-metrics.js';
import { StateGrowth } from './state-growth.js';
import { Uptime } from './uptime.js';
import type { World } from './world.js';

/** What a command keeps a simulated Redis busy for: `executionUs` of its server, in s. */
const REDIS_COMMAND_S = 20e-6;
/** How long somebody must have wanted to join, in vain, for it to count as an error. */
const PATIENCE_US = 10_000_000;

interface SessionTimes {
  readonly wishedUs: number;
  answered: boolean;
  joinedUs: number | null;
  heard: boolean;
}

interface ChannelTimes {
  count: number;
  mode: string;
  migrating: boolean;
  /** Had as many participants as the SFU wants. */
  large: boolean;
  switched: boolean;
  withoutNodeSinceUs: number | null;
}

/** Of worlds with a node model. */
const NODE_SERIES = ['sfu_nodes', 'sfu_cpu_max', 'sfu_participants'] as const;

const ALL = { pictures: true, stateGrowth: true } as const;

/** One measured quantity over time. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly points: [atS: number, value: number][];
}

/** Measures a world from outside: what users and operators would see. */
export class Measurements {
  readonly joinLatency = new Samples();
  readonly firstConnection = new Samples();
  readonly gaps = new Samples();
  readonly series: Series[] = [
    'migrations_in_progress',
    'channels_p2p',
    'channels_sfu',
    'participants_p2p',
    'participants_sfu',
    'clients_connected',
  ].map((name) => ({ name, unit: '1', points: [] }));
  private readonly sessions = new Map<string, SessionTimes>();
  private readonly channels = new Map<number, ChannelTimes>();
  /** Of a world in which people call each other: there a tab is open for calls, and who is in one wants to join its channel. */
  private readonly calls: CallMeasurements | null;
  private readonly uptime: Uptime;
  readonly stateGrowth: StateGrowth;
  private readonly labelled: LabelledMetrics;
  private readonly pairGaps: PairGaps | null;
  private readonly joinedUsers = new Set<string>();
  private readonly everConnected = new Set<string>();
  private opened = 0;
  private inVain = 0;
  private refused = 0;
  private reconnects = 0;
  private connected = 0;
  private participants = 0;
  private participantsMax = 0;
  private channelSizeMax = 0;
  private modeSwitches = 0;
  private pairUs = 0;
  /** Time of pairs that have waited in vain for the first word: no gap tells of them. */
  private unheardUs = 0;
  private forgotten = 0;
  private sampledUs = 0;
  private redisOutageUs = 0;
  private meshSizeMax = 0;
  private sfuFullMax = 0;
  private commands = 0;
  private commandsPerSMax = 0;
  private sfuOutageUs = 0;

  constructor(
    private readonly world: World,
    private readonly sampleEveryUs: number,
    /** `pictures`: series over time; `stateGrowth`: that metric. */
    private readonly wanted: { readonly pictures: boolean; readonly stateGrowth: boolean } = ALL,
  ) {
    const { sim, events, redis, scenario } = world;
    this.uptime = new Uptime(world, (scenario.durationS + scenario.drainS) * 1e6);
    this.stateGrowth = new StateGrowth(world, [this], wanted.stateGrowth);
    if (world.meter !== null) for (const name of NODE_SERIES) this.series.push({ name, unit: '1', points: [] });
    this.calls = world.scenario.calls === undefined ? null : new CallMeasurements(world);
    this.labelled = new LabelledMetrics(world);
    this.pairGaps = 'audible_gap_per_pair_ms' in world.scenario.expectations ? new PairGaps(events) : null;
    events.listen({
      tabOpened: (client) => {
        if (this.calls === null) this.wish(client);
      },
      joinRequested: (client) => {
        if (this.calls !== null && !this.sessions.has(client.sessionId)) this.wish(client);
      },
      leaving: (client) => {
        if (this.calls !== null) this.unwish(client);
      },
      tabClosed: (client) => {
        this.unwish(client);
        if (this.everConnected.delete(`+${client.sessionId}`)) this.connected--;
        this.everConnected.delete(client.sessionId);
      },
      connected: (client) => {
        if (this.everConnected.has(client.sessionId)) {
          this.reconnects++;
          this.labelled.count('reconnects', client, 1);
        }
        this.everConnected.add(client.sessionId).add(`+${client.sessionId}`);
        this.connected++;
      },
      disconnected: (client) => {
        if (this.everConnected.delete(`+${client.sessionId}`)) this.connected--;
      },
      joinQueued: (client) => this.answer(client),
      joined: (client) => {
        this.answer(client);
        this.joinedUsers.add(client.userId);
        const times = this.sessions.get(client.sessionId);
        if (times) times.joinedUs ??= sim.nowUs;
      },
      removed: (_client, _channelId, reason) => {
        if (reason !== 'replaced') this.forgotten++;
      },
      joinRefused: (client, _channelId, _requestId, code) => {
        this.refused++;
        this.labelled.count('refused_joins', client, 1, 0, code);
      },
      gap: ({ fromUs, toUs }) => this.gaps.add(fromUs / 1e6, (toUs - fromUs) / 1e3),
      firstHeard: (listener, talker) => this.heard(listener, talker),
    });
    // who is dead waits for nothing
    for (const { host } of world.backends)
      host.onDown(() => {
        if (world.backends.every((backend) => backend.host.state === 'down'))
          this.redisOutageUs = Math.max(this.redisOutageUs, redis.demand.met(sim.nowUs));
      });
    redis.onCommand(({ server, footprint: { reads, writes } }) => {
      if (server !== redis.primary) return;
      this.commands++;
      if (reads.length + writes.length === 0) return;
      this.redisOutageUs = Math.max(this.redisOutageUs, redis.demand.met(sim.nowUs));
      for (const key of writes) if (key.startsWith('channel_state:')) this.channelWritten(Number(key.slice(14)));
    });
    sim.at(sampleEveryUs, sample, this as Measurements);
  }

  /** @internal looks at what has no event of its own */
  sample(): void {
    const { sim, hearing, redis } = this.world;
    const elapsedUs = sim.nowUs - this.sampledUs;
    this.pairUs += hearing.pairs * elapsedUs;
    this.unheardUs += hearing.countUnheard(PATIENCE_US) * elapsedUs;
    this.sampledUs = sim.nowUs;
    if (elapsedUs > 0) this.commandsPerSMax = Math.max(this.commandsPerSMax, (this.commands * 1e6) / elapsedUs);
    this.commands = 0;
    const figures = { p2p: [0, 0], sfu: [0, 0] };
    const alive = new Set(this.world.sfuNodes.filter(({ host }) => host.state === 'up').map(({ name }) => name));
    if (alive.size > 0) {
      const full = this.world.sfuNodes.filter((node) => alive.has(node.name) && node.full).length;
      this.sfuFullMax = Math.max(this.sfuFullMax, full / alive.size);
    }
    const store = redis.inspect();
    let migrating = 0;
    for (const [channelId, channel] of this.channels) {
      const figure = channel.mode === 'sfu' ? figures.sfu : figures.p2p;
      figure[0]!++;
      figure[1]! += channel.count;
      if (channel.migrating) migrating++;
      const node =
        channel.mode === 'sfu' ? (store.hgetall(`channel_state:${channelId}`).get('sfuRoom') ?? '').split('|')[0]! : '';
      if (channel.mode !== 'sfu' || alive.has(node)) channel.withoutNodeSinceUs = null;
      else {
        channel.withoutNodeSinceUs ??= sim.nowUs;
        this.sfuOutageUs = Math.max(this.sfuOutageUs, sim.nowUs - channel.withoutNodeSinceUs);
      }
    }
    sim.after(this.sampleEveryUs, sample, this as Measurements);
    if (!this.wanted.pictures) return;
    const values = [migrating, figures.p2p[0]!, figures.sfu[0]!, figures.p2p[1]!, figures.sfu[1]!, this.connected];
    if (this.world.meter !== null) {
      const { nodes, cpuMax, participants } = this.world.meter.present;
      values.push(nodes, cpuMax, participants);
    }
    this.series.forEach(({ points }, index) => {
      points.push([sim.nowUs / 1e6, values[index]!]);
    });
  }

  /** Every metric of the catalogue; those of voice only where it is simulated. Call once, at the end. `quietAfterUs`: from the end of load and faults to order, null: never. */
  all(judge: Judge, quietAfterUs: number | null): Record<string, Measured> {
    const { sim, recorder, hearing, population } = this.world;
    for (const [sessionId, times] of this.sessions) this.judgeWish({ userId: userOf(sessionId) }, times);
    this.pairUs += hearing.pairs * (sim.nowUs - this.sampledUs);
    this.sampledUs = sim.nowUs;
    const completed = recorder.total('voice_migrations_completed_total');
    const failed =
      recorder.total('voice_migrations_failed_total') -
      recorder.total('voice_migrations_failed_total', { to: 'sfu', reason: 'abandoned' }) -
      recorder.total('voice_migrations_failed_total', { to: 'p2p', reason: 'abandoned' });
    const large = [...this.channels.values()].filter((channel) => channel.large).length + this.goneLarge;
    const switched =
      [...this.channels.values()].filter((channel) => channel.large && channel.switched).length + this.goneSwitched;
    const found = (oracle: string) => judge.counts.get(oracle) ?? 0;
    const counter = (value: number): Measured => ({ kind: 'counter', value });
    const gauge = (value: number | null): Measured => ({ kind: 'gauge', value });
    return Object.fromEntries<Measured>([
      ['join_latency_ms', this.joinLatency],
      ['join_service_ms', recorder.samples('voice_join_latency_ms')],
      ['first_connection_ms', this.firstConnection],
      ['migration_duration_ms', recorder.samples('voice_migration_duration_ms')],
      ['migrations_started', counter(recorder.total('voice_migrations_started_total'))],
      ['migrations_completed', counter(completed)],
      ['migrations_failed', counter(failed)],
      ['migrations_rolled_back', counter(recorder.total('voice_rollbacks_total'))],
      ['migration_success_rate', rateOf(completed, completed + failed)],
      ['audible_gap_ms', this.gaps],
      ['audible_gap_total_ms', counter(hearing.gaps.totalUs / 1e3)],
      ['audible_gap_max_ms', gauge(hearing.gaps.maxUs / 1e3)],
      ['dropout_rate', rateOf(hearing.gaps.totalUs + this.unheardUs, this.pairUs)],
      ['lost_joins', counter(found('lost-join'))],
      ['doubled_joins', counter(found('doubled-join'))],
      ['ghost_participants', counter(found('membership'))],
      ['split_brains', counter(found('mode-agreement'))],
      ['orphan_rooms', counter(found('orphan-room'))],
      ['stuck_migrations', counter(found('stuck-migration'))],
      ['error_rate', rateOf(this.inVain, this.opened)],
      ['refused_joins', counter(this.refused)],
      ['clients_joined_rate', rateOf(this.joinedUsers.size, population.clients.length)],
      ['channels_switched_rate', rateOf(switched, large)],
      ['mesh_size_max', gauge(this.meshSizeMax)],
      ['sfu_full_max', gauge(this.sfuFullMax)],
      ['lock_wait_ms', recorder.samples('voice_lock_wait_ms')],
      ['redis_use', gauge(this.commandsPerSMax * REDIS_COMMAND_S)],
      ['reconnects', counter(this.reconnects)],
      ['sessions_removed', counter(this.forgotten)],
      ['redis_outage_ms', gauge(Math.max(this.redisOutageUs, this.world.redis.demand.met(sim.nowUs)) / 1e3)],
      ['sfu_outage_ms', gauge(this.sfuOutageUs / 1e3)],
      ['participants_max', gauge(this.participantsMax)],
      ['channel_size_max', gauge(this.channelSizeMax)],
      ['mode_switches', counter(this.modeSwitches)],
      ['converged_after_ms', gauge(quietAfterUs === null ? null : quietAfterUs / 1e3)],
      ['uptime', this.uptime.measured()],
      ['state_growth', gauge(this.stateGrowth.growth[0]?.share ?? null)],
      ...(this.world.meter === null ? [] : nodeMetrics(this.world.meter)),
      ...(this.world.ears === null ? [] : [...mediaMetrics(this.world.ears), this.cost(this.world.ears)]),
      ...(this.calls?.all() ?? []),
      ...(this.world.rolloutWatch === null ? [] : rolloutMetrics(this.world.rolloutWatch)),
      ...(this.world.alerting === null ? [] : alertMetrics(this.world.alerting)),
      ...(this.pairGaps === null ? [] : [['audible_gap_per_pair_ms', this.pairGaps.sums()] as [string, Measured]]),
      ...this.labelled.measured(),
    ]);
  }

  private cost({ frames, served }: NonNullable<World['ears']>): [name: string, measured: Measured] {
    const { scenario, sim } = this.world;
    const use = { sfuBytes: served.sfu, relayBytes: served.turn, seconds: sim.nowUs / 1e6 };
    return ['cost_month_usd', { kind: 'gauge', value: frames > 0 ? scenarioCost(scenario, use).totalUsd : null }];
  }

  private wish(client: ClientRef): void {
    this.opened++;
    this.labelled.count('error_rate', client, 0, 1);
    const { sessionId } = client;
    const wishedUs = this.world.sim.nowUs;
    this.sessions.set(sessionId, { wishedUs, answered: false, joinedUs: null, heard: false });
  }

  private unwish(client: ClientRef): void {
    const times = this.sessions.get(client.sessionId);
    if (times) this.judgeWish(client, times);
    this.sessions.delete(client.sessionId);
  }

  private judgeWish(client: Pick<ClientRef, 'userId'>, { joinedUs, wishedUs }: SessionTimes): void {
    if (joinedUs !== null || this.world.sim.nowUs - wishedUs <= PATIENCE_US) return;
    this.inVain++;
    this.labelled.count('error_rate', client, 1);
  }

  private goneLarge = 0;
  private goneSwitched = 0;

  private answer(client: ClientRef): void {
    const times = this.sessions.get(client.sessionId);
    if (!times || times.answered) return;
    times.answered = true;
    const tookMs = (this.world.sim.nowUs - times.wishedUs) / 1e3;
    this.joinLatency.add(times.wishedUs / 1e6, tookMs);
    this.labelled.sample('join_latency_ms', client, times.wishedUs / 1e6, tookMs);
  }

  /** The first voice a newcomer hears: of somebody who was there before. */
  private heard(listener: ClientRef, talker: ClientRef): void {
    const times = this.sessions.get(listener.sessionId);
    const other = this.sessions.get(talker.sessionId);
    if (
      !times ||
      times.heard ||
      times.joinedUs === null ||
      !other ||
      other.joinedUs === null ||
      other.joinedUs > times.joinedUs
    )
      return;
    times.heard = true;
    const tookMs = (this.world.sim.nowUs - times.wishedUs) / 1e3;
    this.firstConnection.add(times.wishedUs / 1e6, tookMs);
    this.labelled.sample('first_connection_ms', listener, times.wishedUs / 1e6, tookMs);
  }

  private channelWritten(channelId: number): void {
    const state = this.world.redis.inspect().hgetall(`channel_state:${channelId}`);
    const before = this.channels.get(channelId);
    const count = Number(state.get('count') ?? 0);
    this.participants += count - (before?.count ?? 0);
    this.participantsMax = Math.max(this.participantsMax, this.participants);
    this.channelSizeMax = Math.max(this.channelSizeMax, count);
    if (state.size === 0) {
      if (before?.large) this.goneLarge++;
      if (before?.large && before.switched) this.goneSwitched++;
      this.channels.delete(channelId);
      return;
    }
    const mode = state.get('mode')!;
    if (mode === 'p2p') this.meshSizeMax = Math.max(this.meshSizeMax, count);
    if (before && before.mode !== mode) this.modeSwitches++;
    const channel = before ?? {
      count,
      mode,
      migrating: false,
      large: false,
      switched: false,
      withoutNodeSinceUs: null,
    };
    channel.count = count;
    channel.mode = mode;
    channel.migrating = state.get('migrationInProgress') === '1';
    channel.large ||= count >= this.world.policy.enableThreshold;
    channel.switched ||= mode === 'sfu';
    this.channels.set(channelId, channel);
  }
}

/** A session's id begins with the user's. */
function userOf(sessionId: string): string {
  return sessionId.slice(0, sessionId.indexOf('-'));
}

function sample(measurements: Measurements): void {
  measurements.sample();
}
