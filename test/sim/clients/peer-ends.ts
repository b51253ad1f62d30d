import { expect } from 'vitest';
import type { Member } from '../../../core/protocol.js';
import { defaultClientOptions, MediaFabric } from '../../../sim/clients/index.js';
import { PeerLinks } from '../../../sim/clients/peer-links.js';
import type { PeerSignal } from '../../../sim/clients/peer-signal.js';
import { SfuLinks } from '../../../sim/clients/sfu-links.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Hearing, type HearingMember, type Playback, type Seat } from '../../../sim/media/index.js';
import { Network, type NetworkOptionsInput, PeerRouting, type Route } from '../../../sim/net/index.js';

/** A session with peer links only; signals go straight to the other side, as `relay` says. */
export class End implements HearingMember {
  seat: Seat | null = null;
  readonly attachments = [];
  readonly peers: PeerLinks;
  readonly sfu: SfuLinks;
  readonly host: Host;
  readonly up = new Set<string>();
  readonly events: string[] = [];
  readonly sessionId: string;
  constructor(
    readonly world: World,
    readonly userId: string,
    readonly ordinal: number,
  ) {
    const { sim, fabric } = world;
    this.sessionId = `${userId}-${ordinal}`;
    this.host = new Host(sim, { id: `client-${this.sessionId}`, kind: 'client' });
    this.host.start();
    const events = () => this;
    const parts = { sim, fabric, host: this.host, member: this, options: defaultClientOptions, events };
    this.peers = new PeerLinks({
      ...parts,
      channelId: () => 1,
      send: (message) => {
        if (message.type === 'signal') world.carry(this, message.to, message.data);
        return true;
      },
    });
    this.sfu = new SfuLinks(parts);
    fabric.add(this);
    world.hearing.enter(this, 1);
    for (const listener of ['onPause', 'onResume'] as const) {
      this.host[listener](() => {
        this.peers.recheck();
        world.hearing.memberChanged(this);
      });
    }
  }
  playedPath(): Playback {
    return 'p2p';
  }
  linkedWith(peer: HearingMember): boolean {
    return this.peers.joinedWith(peer.sessionId);
  }
  routeTo(peer: HearingMember): Route | null {
    return this.peers.routeTo(peer.sessionId);
  }
  onPeerUp(peer: Member): void {
    expect(this.up.has(peer.sessionId)).toBe(false);
    this.up.add(peer.sessionId);
    this.events.push(`${this.world.sim.nowUs / 1000} up`);
  }
  onPeerDown(peer: Member): void {
    expect(this.up.delete(peer.sessionId)).toBe(true);
    this.events.push(`${this.world.sim.nowUs / 1000} down`);
  }
  onSfuUp(): void {}
  onSfuDown(): void {}
  closeTab(): void {
    this.peers.dispose();
    this.world.fabric.remove(this);
    this.world.hearing.leave(this);
  }
}

/** Ends in one channel, a network, and TURN servers on request. */
export class World {
  readonly sim = new Simulation({ seed: 3 });
  readonly network: Network;
  readonly hearing: Hearing;
  readonly fabric: MediaFabric;
  readonly ends: End[] = [];
  readonly relays: Host[] = [];
  readonly carried: PeerSignal[] = [];
  relay: (signal: PeerSignal) => readonly number[] = () => [20_000];

  constructor(
    network: NetworkOptionsInput = { profileByKind: { client: 'perfect' }, backboneDelayMs: 10 },
    relays = 0,
    blockedShare = relays > 0 ? 1 : 0,
  ) {
    this.network = new Network(this.sim, network);
    for (let number = 1; number <= relays; number++) {
      const host = new Host(this.sim, { id: `turn-${number}`, kind: 'turn' });
      host.start();
      for (const change of ['onUp', 'onDown', 'onPause', 'onResume'] as const)
        host[change](() => this.fabric.reachabilityChanged());
      this.relays.push(host);
    }
    const routing = new PeerRouting(this.sim.choices, this.network, { relays: this.relays, blockedShare });
    this.hearing = new Hearing({
      nowUs: () => this.sim.nowUs,
      reachable: (from, to) => this.network.reachable(from, to),
    });
    this.fabric = new MediaFabric(this.network, this.hearing, new Map(), routing);
  }

  add(userId: string): End {
    const end = new End(this, userId, this.ends.length + 1);
    this.ends.push(end);
    return end;
  }

  carry(from: End, to: string, data: unknown): void {
    this.carried.push(data as PeerSignal);
    for (const delayUs of this.relay(data as PeerSignal)) {
      this.sim.after(delayUs, () => {
        for (const end of this.ends)
          if (end.userId === to && end !== from) end.host.execute((signal) => end.peers.onSignal(signal), data);
      });
    }
  }

  at(timeMs: number, what: () => void): void {
    this.sim.at(timeMs * 1000, what);
  }

  async run(untilMs: number): Promise<void> {
    await this.sim.run({ untilUs: untilMs * 1000 });
  }
}
