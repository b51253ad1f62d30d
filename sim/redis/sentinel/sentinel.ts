import { Host } from '../../hosts/index.js';
import type { ChoiceStream, Simulation } from '../../kernel/index.js';
import type { Connection, Network } from '../../net/index.js';
import { SENTINEL_SERVICE } from '../wire.js';
import { Failover } from './failover.js';
import type { SentinelMessage } from './messages.js';
import { type ResolvedSentinelOptions, SentinelPeriod } from './sentinel-options.js';
import { ServerWatch } from './server-watch.js';

/** What another sentinel has said about the primary. */
interface Opinion {
  down: boolean;
  atMs: number;
  leader: string | null;
  leaderEpoch: number;
}

/** Another sentinel. */
interface Peer {
  readonly host: Host;
  connection: Connection | null;
  open: boolean;
  askedMs: number;
  opinion: Opinion;
}

/**
 * One Redis Sentinel (A12), after `sentinel.c` of Redis 7.0: watches the servers, agrees with others that the primary is down, votes for
 * the one that handles the failover, and corrects servers that follow the wrong primary.
 */
export class Sentinel {
  readonly host: Host;
  /** On disk, as in `sentinel.conf`. */
  primary: Host;
  currentEpoch = 0;
  configEpoch = 0;
  private leader: string | null = null;
  private leaderEpoch = 0;
  // ---- of the process
  watches = new Map<Host, ServerWatch>();
  private peers: Peer[] = [];
  private failover: Failover | null = null;
  /** No failover of ours starts before twice the timeout after this. */
  private failoverStartMs = Number.NEGATIVE_INFINITY;
  private downSinceMs: number | null = null;
  private lastTickMs = 0;
  private tiltUntilMs = 0;
  private helloAtMs = 0;
  private readonly random: ChoiceStream;

  constructor(
    readonly sim: Simulation,
    readonly net: Network,
    id: string,
    private readonly servers: readonly Host[],
    readonly options: ResolvedSentinelOptions,
  ) {
    this.primary = servers[0]!;
    this.random = sim.choices.stream(`redis/${id}`);
    this.host = new Host(sim, { id, kind: 'sentinel', boot: () => this.boot() });
  }

  /** All sentinels, this one among them. Call before the start. */
  meet(sentinels: readonly Sentinel[]): void {
    this.peers = [];
    for (const { host } of sentinels) if (host !== this.host) this.peers.push(newPeer(host));
  }

  get id(): string {
    return this.host.id;
  }

  /** The primary does not answer this sentinel. */
  get subjectivelyDown(): boolean {
    return this.downSinceMs !== null;
  }

  /** Enough sentinels have said so lately. */
  get objectivelyDown(): boolean {
    if (this.downSinceMs === null) return false;
    const nowMs = this.host.nowMs();
    let agreeing = 1;
    for (const { opinion } of this.peers) {
      if (opinion.down && nowMs - opinion.atMs < 5 * SentinelPeriod.ask) agreeing++;
    }
    return agreeing >= this.options.quorum;
  }

  /** A random delay that keeps sentinels apart, in ms. */
  desyncMs(): number {
    return Math.floor(this.random.uniform() * SentinelPeriod.desync);
  }

  isDown(server: Host): boolean {
    const watch = this.watches.get(server);
    return watch === undefined || watch.silentMs(this.host.nowMs()) > this.options.downAfterMs;
  }

  record(kind: string, key: string | number): void {
    this.sim.trace.record(this.id, kind, key);
  }

  /** The primary is another server from now on. */
  switchTo(primary: Host, configEpoch: number): void {
    this.configEpoch = configEpoch;
    this.failover = null;
    this.downSinceMs = null;
    for (const peer of this.peers) peer.opinion = noOpinion();
    // whoever handles the failover has time to reconfigure the others
    for (const watch of this.watches.values()) watch.reportedSinceMs = this.host.nowMs();
    if (primary === this.primary) return;
    this.primary = primary;
    this.record('sentinel.switch-master', primary.id);
    this.helloAtMs = 0;
  }

  /** The primary that clients and other sentinels are told: after its promotion that of a failover that is not over yet. */
  get announced(): Host {
    return this.failover?.successor ?? this.primary;
  }

  /** The failover has come to nothing. */
  abandon(): void {
    this.record('sentinel.failover-abort', this.currentEpoch);
    this.failover = null;
  }

  /** Counts the votes of an epoch, giving its own if it has not; null while nobody has a majority. */
  elected(epoch: number): string | null {
    const votes = new Map<string, number>();
    const add = (name: string): void => {
      votes.set(name, (votes.get(name) ?? 0) + 1);
    };
    for (const { opinion } of this.peers)
      if (opinion.leader !== null && opinion.leaderEpoch === epoch) add(opinion.leader);
    const own = this.vote(epoch, best(votes)?.name ?? this.id);
    if (own !== null && this.leaderEpoch === epoch) add(own);
    const winner = best(votes);
    const needed = Math.max(Math.floor((this.peers.length + 1) / 2) + 1, this.options.quorum);
    return winner !== null && winner.count >= needed ? winner.name : null;
  }

  private boot(): void {
    this.watches = new Map(this.servers.map((server) => [server, new ServerWatch(this.net, this.host, server)]));
    this.peers = this.peers.map(({ host }) => newPeer(host));
    this.failover = null;
    this.downSinceMs = null;
    this.lastTickMs = this.host.nowMs();
    this.tiltUntilMs = 0;
    this.net.listen(this.host, SENTINEL_SERVICE, (connection) => {
      connection.handlers = { onMessage: (message) => this.serve(connection, message as SentinelMessage) };
    });
    this.host.after(this.desyncMs() * 1000, this.tick);
  }

  private readonly tick = (): void => {
    const nowMs = this.host.nowMs();
    const sinceMs = nowMs - this.lastTickMs;
    this.lastTickMs = nowMs;
    if (sinceMs < 0 || sinceMs > SentinelPeriod.tiltTrigger) this.tiltUntilMs = nowMs + SentinelPeriod.tilt;
    this.watchServers(nowMs);
    this.talk(nowMs);
    if (nowMs >= this.tiltUntilMs) this.act(nowMs);
    const busy =
      this.failover !== null || this.downSinceMs !== null || this.watches.get(this.primary)!.isTroubled(nowMs);
    this.host.after((busy ? SentinelPeriod.busyTick : SentinelPeriod.calmTick) * 1000, this.tick);
  };

  private watchServers(nowMs: number): void {
    const urgent = this.failover !== null || this.downSinceMs !== null;
    const infoPeriodMs = urgent ? 1000 : SentinelPeriod.info;
    for (const watch of this.watches.values()) watch.tick(nowMs, this.options.downAfterMs, infoPeriodMs);
    const down = this.isDown(this.primary) || this.primaryHasStepped(nowMs);
    if (down && this.downSinceMs === null) {
      this.downSinceMs = nowMs;
      this.record('sentinel.sdown', this.primary.id);
    } else if (!down && this.downSinceMs !== null) {
      this.downSinceMs = null;
      this.record('sentinel.sdown-end', this.primary.id);
    }
  }

  /** The primary says for long that it is a replica. */
  private primaryHasStepped(nowMs: number): boolean {
    const { reported, reportedSinceMs } = this.watches.get(this.primary)!;
    return reported?.role === 'replica' && nowMs - reportedSinceMs > this.options.downAfterMs + 2 * SentinelPeriod.info;
  }

  private act(nowMs: number): void {
    if (
      this.failover === null &&
      this.objectivelyDown &&
      nowMs - this.failoverStartMs >= 2 * this.options.failoverTimeoutMs
    ) {
      this.currentEpoch++;
      this.failoverStartMs = nowMs + this.desyncMs();
      this.failover = new Failover(this, this.currentEpoch, this.failoverStartMs);
      this.record('sentinel.try-failover', this.currentEpoch);
    }
    if (this.failover !== null) this.failover.step(nowMs);
    else if (this.downSinceMs === null) this.correct(nowMs);
  }

  /** Tells servers that follow nobody or the wrong one, like a primary that has come back, to follow the primary. */
  private correct(nowMs: number): void {
    if (this.watches.get(this.primary)!.reported?.role !== 'primary') return;
    for (const [server, watch] of this.watches) {
      if (server === this.primary || watch.reported === null || !watch.connected) continue;
      const { reported, reportedSinceMs } = watch;
      if (reported.primary === this.primary.id || nowMs - reportedSinceMs < 4 * SentinelPeriod.hello) continue;
      this.record('sentinel.convert-to-slave', server.id);
      watch.reportedSinceMs = nowMs;
      watch.reconfigure(this.primary);
    }
  }

  // ---- with other sentinels

  private talk(nowMs: number): void {
    const greet = nowMs - this.helloAtMs >= SentinelPeriod.hello;
    if (greet) this.helloAtMs = nowMs;
    for (const peer of this.peers) {
      if (peer.connection === null) this.connect(peer);
      if (!peer.open) continue;
      if (greet)
        send(peer, {
          kind: 'hello',
          epoch: this.currentEpoch,
          // the two belong together: a new epoch with the old primary would be believed, and the new one not any more
          primary: this.announced.id,
          configEpoch: this.configEpoch,
        });
      if (this.downSinceMs !== null && nowMs - peer.askedMs >= SentinelPeriod.ask) this.ask(peer, nowMs);
    }
  }

  /** Asks all others at once, for votes. */
  askAll(nowMs: number): void {
    for (const peer of this.peers) if (peer.open) this.ask(peer, nowMs);
  }

  private ask(peer: Peer, nowMs: number): void {
    peer.askedMs = nowMs;
    const candidate = this.failover === null ? null : this.id;
    send(peer, { kind: 'ask', primary: this.primary.id, epoch: this.currentEpoch, candidate });
  }

  private connect(peer: Peer): void {
    const connection = this.net.connect(this.host, peer.host, SENTINEL_SERVICE, {
      onOpen: () => {
        peer.open = true;
      },
      onMessage: (message) => this.hear(peer, message as SentinelMessage),
      onClose: () => {
        if (peer.connection !== connection) return;
        peer.connection = null;
        peer.open = false;
      },
    });
    peer.connection = connection;
  }

  private hear(peer: Peer, message: SentinelMessage): void {
    if (message.kind !== 'answer' || message.primary !== this.primary.id) return;
    peer.opinion = {
      down: message.down,
      atMs: this.host.nowMs(),
      leader: message.leader,
      leaderEpoch: message.leaderEpoch,
    };
  }

  private serve(connection: Connection, message: SentinelMessage): void {
    if (message.kind === 'locate') {
      connection.send({ kind: 'located', primary: this.announced.id } satisfies SentinelMessage, 64);
    } else if (message.kind === 'ask') {
      const known = message.primary === this.primary.id;
      const down = known && this.downSinceMs !== null && this.host.nowMs() >= this.tiltUntilMs;
      const leader = known && message.candidate !== null ? this.vote(message.epoch, message.candidate) : null;
      connection.send(
        {
          kind: 'answer',
          primary: message.primary,
          down,
          leader,
          leaderEpoch: leader === null ? 0 : this.leaderEpoch,
        } satisfies SentinelMessage,
        96,
      );
    } else if (message.kind === 'hello') {
      if (message.epoch > this.currentEpoch) this.currentEpoch = message.epoch;
      if (message.configEpoch <= this.configEpoch) return;
      const primary = this.servers.find(({ id }) => id === message.primary);
      if (primary !== undefined) this.switchTo(primary, message.configEpoch);
    }
  }

  /** One vote per epoch, to the first who asks. */
  private vote(epoch: number, candidate: string): string | null {
    if (epoch > this.currentEpoch) this.currentEpoch = epoch;
    if (this.leaderEpoch < epoch && this.currentEpoch <= epoch) {
      this.leader = candidate;
      this.leaderEpoch = this.currentEpoch;
      this.record('sentinel.vote', candidate);
      // the other one has its chance first
      if (candidate !== this.id) this.failoverStartMs = this.host.nowMs() + this.desyncMs();
    }
    return this.leader;
  }
}

function send(peer: Peer, message: SentinelMessage): void {
  peer.connection?.send(message, 96);
}

function newPeer(host: Host): Peer {
  return { host, connection: null, open: false, askedMs: Number.NEGATIVE_INFINITY, opinion: noOpinion() };
}

function noOpinion(): Opinion {
  return { down: false, atMs: Number.NEGATIVE_INFINITY, leader: null, leaderEpoch: 0 };
}

function best(votes: ReadonlyMap<string, number>): { name: string; count: number } | null {
  let winner: { name: string; count: number } | null = null;
  for (const [name, count] of votes) if (winner === null || count > winner.count) winner = { name, count };
  return winner;
}
