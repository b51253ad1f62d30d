import { DeadairError } from '../errors.js';
import type { Host } from '../hosts/index.js';
import type { Footprint, Simulation } from '../kernel/index.js';
import { AccessLink } from './access-link.js';
import { Clogs } from './clogs.js';
import type { Connection, ConnectionHandlers, ConnectOptions } from './connection.js';
import { ConnectionEngine, type Paths } from './connection-engine.js';
import { ConnectionSide, Phase } from './connection-side.js';
import { DatagramPath } from './datagram-path.js';
import { Endpoint } from './endpoint.js';
import { Handshakes } from './handshake.js';
import { type LinkOptions, type LinkProfile, linkProfileSchema, type Nat, resolveLinkProfile } from './link-options.js';
import { type CapacityTrace, parseMahimahi } from './mahimahi.js';
import { MediaPackets } from './media-packet.js';
import { type MediaObserver, MediaPath } from './media-path.js';
import {
  invalidOption,
  type NetworkOptions,
  type NetworkOptionsInput,
  resolveNetworkOptions,
  serverKinds,
  unknownProfile,
} from './network-options.js';
import { NetworkStatistics } from './network-statistics.js';
import { type PartitionId, Partitions, type PartitionWay } from './partitions.js';
import { PROFILES } from './profiles.js';

interface ResolvedProfile {
  readonly up: LinkOptions;
  readonly down: LinkOptions;
  readonly nat: Nat;
  /** Links without state, shared by all hosts of the profile. */
  shared: { up?: AccessLink; down?: AccessLink };
}

/** Site of every host that is not a client. */
const SERVER_SITE = 'servers';

/**
 * What lies between hosts. A path is the sender's access link (up), the backbone, and the receiver's access link (down). State
 * exists only for what was used. Partitions act when something is sent: what is already on its way arrives.
 */
export class Network {
  readonly options: NetworkOptions;
  readonly statistics = new NetworkStatistics();
  /** Where senders of media get their packets. */
  readonly packets = new MediaPackets();
  private readonly endpoints = new Map<Host, Endpoint>();
  private readonly endpointsById = new Map<string, Endpoint>();
  private readonly profileNames = new Map<string, string | LinkProfile>();
  private readonly sites = new Map<string, string>();
  private readonly resolvedProfiles = new Map<string, ResolvedProfile>();
  private readonly traces = new Map<string, CapacityTrace>();
  private readonly partitions = new Partitions();
  private readonly clogs = new Clogs();
  private readonly listeners: (() => void)[] = [];
  private readonly mediaObservers = new Map<Host, MediaObserver>();
  private readonly profileListeners: ((hostId: string, profile: string | LinkProfile) => void)[] = [];
  private readonly engine: ConnectionEngine;
  private readonly handshakes: Handshakes;
  private readonly paths: Paths;
  private nextConnectionId = 1;
  private readonly backboneDelayUs: number;
  /**
   * For a receiver that is a site of its own. Whatever it is sent crosses the backbone after its sender's link, so a packet of the quickest servers is known
   * this long before it enters, and nothing that is sent later can overtake it (but for what a client's link with jitter lets through in less
   * than a server's: it goes behind, that much later). The lookahead of conservative simulation (Chandy and Misra, 1979) saves one event a message.
   */
  private readonly lookaheadUs: number;
  private readonly loopbackDelayUs: number;

  /**
   * @param signallingOnly nothing big travels and the order of arrival is explored: links that are fast enough for that have no rate, so a message is one
   * event instead of two
   * @throws DeadairError for options that make no sense, naming the field
   */
  constructor(
    private readonly sim: Simulation,
    options?: NetworkOptionsInput,
    private readonly signallingOnly = false,
  ) {
    this.options = resolveNetworkOptions(options);
    for (const [name, text] of Object.entries(this.options.traces)) this.traces.set(name, parseMahimahi(text, name));
    this.backboneDelayUs = Math.round(this.options.backboneDelayMs * 1000);
    this.loopbackDelayUs = Math.round(this.options.loopbackDelayMs * 1000);
    this.paths = {
      reachable: (from, to) => this.partitions.count === 0 || !this.partitions.block(from, to),
      backboneUs: (from, to) => this.backboneUs(from, to),
      delayUs: (from, to) =>
        from === to ? this.loopbackDelayUs : from.up.delayUs + this.backboneUs(from, to) + to.down.delayUs,
      jitteredDelayUs: (from, to) =>
        from === to
          ? this.loopbackDelayUs
          : from.up.propagationUs(sim.nowUs) + this.backboneUs(from, to) + to.down.propagationUs(sim.nowUs),
      departureUs: (from, to) =>
        this.clogs.count === 0 ? sim.nowUs : this.clogs.departureUs(from.host, to.host, sim.nowUs),
      lookaheadUs: (to) => (to.site === null ? this.lookaheadUs : 0),
    };
    this.lookaheadUs = sim.isExplored ? 0 : this.backboneDelayUs + this.quickestServerUs();
    this.engine = new ConnectionEngine(sim, this.options, this.paths, this.statistics);
    this.handshakes = new Handshakes(this.engine, this.paths);
  }

  // ---- traffic

  /** Sends a datagram: it may be lost, delayed, duplicated, reordered. `deliver(arg)` runs on the receiving host. */
  send<A>(from: Host, to: Host, bytes: number, deliver: (arg: A) => void, arg: A): void {
    this.path(from, to).send(bytes, deliver, arg);
  }

  /** The way from one host to another, for senders of many datagrams: `path(a, b).send(...)` saves the look-up. */
  path(from: Host, to: Host): DatagramPath {
    const source = this.endpoint(from);
    const target = this.endpoint(to);
    if (source.paths === null) source.paths = new Map();
    let path = source.paths.get(target);
    if (path === undefined) {
      path = new DatagramPath(this.sim, this.paths, this.statistics.datagrams, source, target);
      source.paths.set(target, path);
    }
    return path;
  }

  /** The same way for packets of media. */
  mediaPath(from: Host, to: Host): MediaPath {
    const source = this.endpoint(from);
    const target = this.endpoint(to);
    if (source.mediaPaths === null) source.mediaPaths = new Map();
    let path = source.mediaPaths.get(target);
    if (path === undefined) {
      path = new MediaPath(this.sim, this.paths, this.statistics.media, this.packets, source, target);
      path.fromObserver = this.mediaObservers.get(from) ?? null;
      path.toObserver = this.mediaObservers.get(to) ?? null;
      source.mediaPaths.set(target, path);
    }
    return path;
  }

  /** Shows an observer every packet of media on the access link of a host that has sent and received none yet. One for each host. */
  observeMedia(host: Host, observer: MediaObserver): void {
    this.mediaObservers.set(host, observer);
  }

  /** Accepts connections to a service until the host crashes (`boot` listens again). A later call replaces an earlier one. */
  listen(host: Host, service: string, onConnection: (connection: Connection) => void): void {
    if (host.state === 'down') return;
    const endpoint = this.endpoint(host);
    if (endpoint.services === null) endpoint.services = new Map();
    endpoint.services.set(service, onConnection);
  }

  /**
   * Connects to a service. The outcome comes later: `onOpen`, or `onClose` with `refused` or `timeout`. From a host that is down
   * it returns a closed connection whose handlers never run.
   */
  connect(
    from: Host,
    to: Host,
    service: string,
    handlers: ConnectionHandlers,
    options: ConnectOptions = {},
  ): Connection {
    const home = this.endpoint(from);
    const side = new ConnectionSide(this.engine, this.nextConnectionId++, service, home, this.endpoint(to), handlers);
    if (from.state === 'down') {
      side.phase = Phase.closed;
      side.told = true;
    } else {
      home.link(side);
      this.handshakes.begin(side, options.roundTrips ?? 1);
    }
    return side;
  }

  // ---- trouble

  /** Nothing gets from `a` to `b` (and back, with `both`) until healed. */
  partition(a: readonly Host[], b: readonly Host[], way: PartitionWay = 'both'): PartitionId {
    return this.cut(a, b, way);
  }

  /** Puts a host that has nothing under way yet, because it is new, on one side of a partition. */
  enlarge(id: PartitionId, side: 'a' | 'b', host: Host): void {
    this.partitions.enlarge(id, side, host);
  }

  /** Cuts a host off from everybody. */
  cutOff(host: Host): PartitionId {
    return this.cut([host], null, 'both');
  }

  /** Ends one partition, or all. */
  heal(id?: PartitionId): void {
    if (!this.partitions.remove(id)) return;
    this.sim.trace.record('network', 'net.heal', id ?? 'all');
    this.reachabilityChanged([]);
  }

  /** Holds what is sent from one host to the other for a time; then it goes on, in order. Connections do not notice but for the delay. */
  clog(from: Host, to: Host, durationUs: number): void {
    this.addClog(from, to, durationUs);
    this.sim.trace.message(from.id, to.id, 'net.clog', durationUs);
  }

  /** Clogs everything from and to a host. */
  clogHost(host: Host, durationUs: number): void {
    this.addClog(host, null, durationUs);
    this.addClog(null, host, durationUs);
    this.sim.trace.record(host.id, 'net.clog', durationUs);
  }

  /** Gives a host another access link from now on: the name of a profile, or a link of its own. It may not have communicated yet. */
  setProfile(hostId: string, profile: string | LinkProfile): void {
    this.resolve(profile);
    this.profileNames.set(hostId, profile);
    this.sim.trace.record(hostId, 'net.profile', typeof profile === 'string' ? profile : 'own');
    for (const listener of this.profileListeners) listener(hostId, profile);
    const endpoint = this.endpointsById.get(hostId);
    if (endpoint === undefined) return;
    endpoint.up = this.makeLink(endpoint.host, 'up');
    endpoint.down = this.makeLink(endpoint.host, 'down');
    this.engine.routeVersion++;
  }

  /** Goes up whenever a host is given another access link, or another site: what was read of either before may be different now. */
  get routeVersion(): number {
    return this.engine.routeVersion;
  }

  /** Tells of every host that is given another access link. */
  onProfile(listener: (hostId: string, profile: string | LinkProfile) => void): void {
    this.profileListeners.push(listener);
  }

  /** Both directions of an access link, with every default. Of a name: the same object each time. */
  linkOptions(profile: string | LinkProfile): { readonly up: LinkOptions; readonly down: LinkOptions } {
    return this.resolve(profile);
  }

  /** What {@link setProfile} set, or the default of the host's kind. */
  profileOf(host: Host): string | LinkProfile {
    return this.profileNames.get(host.id) ?? this.options.profileByKind[host.kind] ?? this.options.defaultProfile;
  }

  /** The address translator in front of a host. */
  natOf(host: Host): Nat {
    return this.resolve(this.profileOf(host)).nat;
  }

  /** One-way delay from one host to another without jitter and queues, in microseconds. */
  delayUs(from: Host, to: Host): number {
    return this.paths.delayUs(this.endpoint(from), this.endpoint(to));
  }

  /** Puts a host at a named site; between sites lies the backbone. Clients are each a site of their own unless put somewhere. */
  setSite(hostId: string, site: string): void {
    this.sites.set(hostId, site);
    const endpoint = this.endpointsById.get(hostId);
    if (endpoint !== undefined) endpoint.site = site;
    this.engine.routeVersion++;
  }

  /** True unless a partition is between the two in that direction. */
  reachable(from: Host, to: Host): boolean {
    return this.paths.reachable(from, to);
  }

  /** Calls back after every partition and heal. */
  onReachabilityChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** For explored worlds: what a message to a service does to the keys behind it. */
  describeMessages<M>(service: string, touches: (message: M) => Footprint): void {
    this.engine.lanes.touches.set(service, touches as (message: unknown) => Footprint);
  }

  // ---- inside

  private cut(a: readonly Host[], b: readonly Host[] | null, way: PartitionWay): PartitionId {
    const id = this.partitions.add(a, b, way);
    const names = (hosts: readonly Host[]): string => hosts.map((host) => host.id).join(',');
    this.sim.trace.record('network', 'net.partition', `${names(a)}|${b === null ? '*' : names(b)}|${way}`);
    this.reachabilityChanged(a);
    return id;
  }

  private reachabilityChanged(cutSide: readonly Host[]): void {
    this.updateDisturbed();
    const endpoints: Endpoint[] = [];
    for (const host of cutSide) {
      const endpoint = this.endpoints.get(host);
      if (endpoint !== undefined) endpoints.push(endpoint);
    }
    this.engine.reachabilityChanged(endpoints);
    for (const listener of this.listeners) listener();
  }

  private addClog(from: Host | null, to: Host | null, durationUs: number): void {
    const untilUs = this.sim.nowUs + Math.round(durationUs);
    this.clogs.add(from, to, untilUs);
    this.updateDisturbed();
    this.sim.at(untilUs, expireClogs, this as Network);
  }

  private updateDisturbed(): void {
    this.engine.disturbed = this.partitions.count > 0 || this.clogs.count > 0;
  }

  /** One-way delay between two access links, in microseconds. */
  backboneUs(from: Endpoint, to: Endpoint): number {
    if (from.site !== null && to.site !== null) {
      if (from.site === to.site) return 0;
      const { siteDelaysMs } = this.options;
      const delayMs = siteDelaysMs[from.site]?.[to.site] ?? siteDelaysMs[to.site]?.[from.site];
      if (delayMs !== undefined) return Math.round(delayMs * 1000);
    }
    return this.backboneDelayUs;
  }

  /** What the network knows of a host. Its links may be replaced by others; read them anew each time. */
  endpoint(host: Host): Endpoint {
    let endpoint = this.endpoints.get(host);
    if (endpoint === undefined) {
      const site = this.sites.get(host.id) ?? (host.kind === 'client' ? null : SERVER_SITE);
      endpoint = new Endpoint(host, site, this.makeLink(host, 'up'), this.makeLink(host, 'down'));
      this.endpoints.set(host, endpoint);
      this.endpointsById.set(host.id, endpoint);
      host.onDown(this.hostDown);
    }
    return endpoint;
  }

  private readonly hostDown = (host: Host): void => {
    const endpoint = this.endpoints.get(host) as Endpoint;
    endpoint.services = null;
    const { datagrams } = this.statistics;
    datagrams.inFlight -= endpoint.waitingDatagrams;
    datagrams.dropped['host-down'] += endpoint.waitingDatagrams;
    endpoint.waitingDatagrams = 0;
    this.engine.crash(endpoint);
  };

  private makeLink(host: Host, direction: 'up' | 'down'): AccessLink {
    const resolved = this.resolve(this.profileOf(host));
    const shared = resolved.shared[direction];
    if (shared !== undefined) return shared;
    const link = this.newLink(resolved[direction], `net/${host.id}/${direction}`);
    if (link.plain) resolved.shared[direction] = link;
    return link;
  }

  private newLink(options: LinkOptions, label: string): AccessLink {
    const trace = options.trace === null ? null : (this.traces.get(options.trace) as CapacityTrace);
    return new AccessLink(this.sim.choices, label, options, trace, this.options.segmentBytes);
  }

  /** The least delay that a server's link without state adds, in microseconds; 0 when there is none. */
  private quickestServerUs(): number {
    const { profileByKind, defaultProfile } = this.options;
    const names = new Set(serverKinds.map((kind) => profileByKind[kind] ?? defaultProfile));
    const links = [...names].map((name) => this.newLink(this.resolve(name).up, `net/${name}/up`));
    const delays = links.filter(({ plain }) => plain).map(({ delayUs }) => delayUs);
    return delays.length === 0 ? 0 : Math.min(...delays);
  }

  private resolve(profile: string | LinkProfile): ResolvedProfile {
    if (typeof profile !== 'string') return this.check('profile', profile);
    const known = this.resolvedProfiles.get(profile);
    if (known !== undefined) return known;
    const { profiles } = this.options;
    const raw = Object.hasOwn(profiles, profile)
      ? profiles[profile]
      : Object.hasOwn(PROFILES, profile)
        ? PROFILES[profile]
        : undefined;
    if (raw === undefined) throw unknownProfile(profile, this.options);
    const resolved = this.check(`network.profiles.${profile}`, raw);
    this.resolvedProfiles.set(profile, resolved);
    return resolved;
  }

  private check(root: string, raw: LinkProfile): ResolvedProfile {
    const { up, down, nat } = resolvedOnce(root, raw);
    for (const { trace } of [up, down]) {
      if (trace !== null && !this.traces.has(trace)) {
        throw new DeadairError('network.unknown-trace', `${root}.trace: no trace "${trace}"; add it to network.traces`);
      }
    }
    if (!this.signallingOnly) return { up, down, nat, shared: {} };
    return { up: withoutRate(up), down: withoutRate(down), nat, shared: {} };
  }

  /** @internal */
  expireClogs(): void {
    this.clogs.expire(this.sim.nowUs);
    this.updateDisturbed();
  }
}

type CheckedProfile = Omit<ResolvedProfile, 'shared'>;

const resolved = new WeakMap<LinkProfile, CheckedProfile>();

/** A profile, checked and with every default; once, for the same few are used by every world. */
function resolvedOnce(root: string, raw: LinkProfile): CheckedProfile {
  let profile = resolved.get(raw);
  if (profile === undefined) {
    const parsed = linkProfileSchema.safeParse(raw);
    if (!parsed.success) throw invalidOption(root, parsed.error);
    profile = { ...resolveLinkProfile(parsed.data), nat: parsed.data.nat ?? 'open' };
    resolved.set(raw, profile);
  }
  return profile;
}

/** Slower links keep their rate: a message of 256 bytes takes 8 ms at this one. Unit: kbit/s. */
const SLOW_KBPS = 250;

const rateless = new WeakMap<LinkOptions, LinkOptions>();

/** A link whose rate makes no difference to small messages, without it. */
function withoutRate(link: LinkOptions): LinkOptions {
  const rates = [link.rateKbps, ...link.phases.map(({ rateKbps }) => rateKbps)];
  if (link.trace !== null || rates.some((kbps) => typeof kbps === 'number' && kbps < SLOW_KBPS)) return link;
  let without = rateless.get(link);
  if (without === undefined) {
    const phases = link.phases.map(({ rateKbps: _rate, ...phase }) => phase);
    without = { ...link, rateKbps: null, phases };
    rateless.set(link, without);
  }
  return without;
}

function expireClogs(network: Network): void {
  network.expireClogs();
}
