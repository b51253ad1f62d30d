import { mediaCollaborators } from '../../../core/media/collaborators.js';
import type { DeviceAllowance } from '../../../core/media/device-conditions.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { type EarPair, Ears, type VoiceGap, type VoiceInterval } from '../../../sim/media/ears/index.js';
import { FlowPlane } from '../../../sim/media/flow/index.js';
import {
  Hearing,
  type HearingMember,
  type MediaPlane,
  type Playback,
  type Seat,
  type SfuAttachment,
} from '../../../sim/media/index.js';
import {
  loadRtcpWire,
  type MediaOptions,
  MediaStatistics,
  PacketPlane,
  sfuClasses,
} from '../../../sim/media/packet/index.js';
import { type LinkProfile, Network, type NetworkOptionsInput } from '../../../sim/net/index.js';

/** A session whose paths a test sets by hand. */
export class RoomMember implements HearingMember {
  seat: Seat | null = null;
  readonly links = new Set<HearingMember>();
  attachments: SfuAttachment[] = [];
  playback: Playback = 'none';
  allowance: DeviceAllowance = { highestLayer: 'h', publish: true, play: true, reportEveryMs: 1_000 };

  constructor(
    readonly userId: string,
    readonly ordinal: number,
    readonly host: Host,
  ) {}

  get sessionId(): string {
    return `${this.userId}-${this.ordinal}`;
  }

  playedPath(): Playback {
    return this.playback;
  }

  linkedWith(peer: HearingMember): boolean {
    return this.links.has(peer);
  }
}

/** What ears were told of one pair, added up. */
export interface PairTotals {
  frames: number;
  lost: number;
  networkLost: number;
  delayMs: number;
  networkDelayMs: number;
  intervals: number;
}

export interface RoomOptions {
  readonly fidelity: 'flow' | 'packet';
  readonly seed?: number;
  readonly media?: Partial<Omit<MediaOptions, 'talk' | 'codec'>> & {
    readonly talk?: Partial<MediaOptions['talk']>;
    readonly codec?: Partial<MediaOptions['codec']>;
  };
  readonly network?: NetworkOptionsInput;
  readonly untilUs?: number;
}

/** A world of voice alone: members, links between them, an SFU node; no backends, no signalling. */
export class VoiceRoom {
  readonly sim: Simulation;
  readonly network: Network;
  readonly ears: Ears;
  readonly plane: MediaPlane;
  readonly hearing: Hearing;
  readonly node: Host;
  readonly members: RoomMember[] = [];
  readonly gaps: VoiceGap[] = [];
  readonly doubledUs: number[] = [];
  /** `listener<talker` -> sums */
  readonly totals = new Map<string, PairTotals>();
  readonly intervals: { readonly key: string; readonly voice: VoiceInterval }[] = [];
  migrating = false;
  private readonly room = {};

  private constructor(options: RoomOptions, wire: Awaited<ReturnType<typeof loadRtcpWire>> | null) {
    const { fidelity, seed = 1, media = {}, network, untilUs = 60_000_000 } = options;
    this.sim = new Simulation({ seed });
    this.network = new Network(this.sim, network);
    this.node = new Host(this.sim, { id: 'sfu-1', kind: 'sfu' });
    this.node.start();
    this.ears = new Ears({ untilUs });
    this.ears.listen({
      gap: (gap) => this.gaps.push(gap),
      doubled: (_pair, fromUs, toUs) => this.doubledUs.push(toUs - fromUs),
    });
    this.watchPairs();
    const parts = {
      sim: this.sim,
      network: this.network,
      ears: this.ears,
      options: {
        estimator: 'gcc' as const,
        reportEveryMs: 1_000,
        audibleGapMs: 200,
        ...media,
        talk: { model: 'everyone' as const, dtx: true, ...media.talk },
        codec: { simulcast: true, fec: true, extensions: true, ...media.codec },
      },
      classes: { ...mediaCollaborators, ...sfuClasses },
      migrating: () => this.migrating,
    };
    this.plane =
      fidelity === 'flow'
        ? new FlowPlane(parts)
        : new PacketPlane({
            ...parts,
            wire: wire!,
            statistics: new MediaStatistics(),
            metrics: { count: () => {}, gauge: () => {}, observe: () => {} } as never,
          });
    this.hearing = new Hearing({
      nowUs: () => this.sim.nowUs,
      reachable: (from, to) => this.network.reachable(from, to),
      watcher: this.plane,
    });
    this.network.onReachabilityChange(() => this.hearing.reachabilityChanged());
  }

  static async create(options: RoomOptions): Promise<VoiceRoom> {
    return new VoiceRoom(options, options.fidelity === 'packet' ? await loadRtcpWire() : null);
  }

  /** Somebody sits down, connected to nobody. */
  add(profile: string | LinkProfile = 'perfect', channelId = 1): RoomMember {
    const ordinal = this.members.length + 1;
    const host = new Host(this.sim, { id: `client-${ordinal}`, kind: 'client' });
    this.network.setProfile(host.id, profile);
    host.start();
    const member = new RoomMember(`u${ordinal}`, ordinal, host);
    this.members.push(member);
    host.onPause(() => this.hearing.memberChanged(member));
    host.onResume(() => this.hearing.memberChanged(member));
    this.hearing.enter(member, channelId);
    return member;
  }

  /** Everybody in the list hears everybody else peer to peer. */
  mesh(members: readonly RoomMember[] = this.members): void {
    for (const one of members) {
      one.playback = 'p2p';
      for (const other of members) if (other !== one) one.links.add(other);
    }
    for (const member of members) this.tell(member);
  }

  /** The same through the SFU. */
  forward(members: readonly RoomMember[] = this.members, room: object = this.room): void {
    for (const member of members) {
      member.playback = 'sfu';
      member.attachments = [{ room, node: this.node, attached: true }];
      this.tell(member);
    }
  }

  /** What a member plays, or its paths, are others now. */
  tell(member: RoomMember): void {
    this.hearing.memberChanged(member);
    this.hearing.playbackChanged(member);
  }

  async run(untilS: number): Promise<void> {
    await this.sim.run({ untilUs: untilS * 1e6 });
  }

  finish(): void {
    this.hearing.finish();
    this.plane.finish();
    this.ears.finish(this.sim.nowUs);
  }

  of(listener: RoomMember, talker: RoomMember): PairTotals {
    return this.total(`${listener.userId}<${talker.userId}`);
  }

  private watchPairs(): void {
    const make = this.ears.pair.bind(this.ears);
    this.ears.pair = (listener, talker, channelId): EarPair => {
      const pair = make(listener, talker, channelId);
      const tell = pair.interval.bind(pair);
      const key = `${listener.userId}<${talker.userId}`;
      pair.interval = (voice) => {
        this.intervals.push({ key, voice: { ...voice } });
        const sum = this.total(key);
        const heard = voice.frames - voice.lost;
        sum.frames += voice.frames;
        sum.lost += voice.lost;
        sum.networkLost += voice.networkLost ?? voice.lost;
        sum.delayMs += voice.mouthToEarMs * heard;
        sum.networkDelayMs += voice.networkDelayMs * heard;
        sum.intervals++;
        tell(voice);
      };
      return pair;
    };
  }

  private total(key: string): PairTotals {
    let sum = this.totals.get(key);
    if (sum === undefined) {
      sum = { frames: 0, lost: 0, networkLost: 0, delayMs: 0, networkDelayMs: 0, intervals: 0 };
      this.totals.set(key, sum);
    }
    return sum;
  }
}
