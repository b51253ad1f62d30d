import type { Host } from '../hosts/index.js';
import { ChannelMatrix } from './channel-matrix.js';
import { type Gap, GapLedger } from './gap-ledger.js';
import type { HearingMember, Playback, SfuAttachment } from './hearing-member.js';
import type { HearingWatcher } from './hearing-watcher.js';
import { CauseBit, describeCause, isDoubled, isHeard, PairBit } from './pair-bits.js';

/** What the matrix needs to know of the world, and whom it tells. */
export interface HearingOptions {
  /** Virtual time in microseconds. */
  readonly nowUs: () => number;
  /** Whether packets get from one host to another now. */
  readonly reachable: (from: Host, to: Host) => boolean;
  /** Name of a fault that was active at a time, for the cause of a gap. */
  readonly faultAt?: (timeUs: number) => string | null;
  /** Whether a channel is migrating now, for the cause of a gap. */
  readonly migrating?: (channelId: number) => boolean;
  /** Every audible gap, when it ends. */
  readonly onGap?: (gap: Gap) => void;
  /** A listener hears a talker for the first time since both are in the channel, `afterUs` later. */
  readonly onFirstHeard?: (listener: HearingMember, talker: HearingMember, channelId: number, afterUs: number) => void;
  /** A listener begins to hear the same voice twice. */
  readonly onDoubled?: (listener: HearingMember, talker: HearingMember, channelId: number) => void;
  /** Shorter silences are not gaps. Default 20 000 us: one Opus packet. */
  readonly audibleFromUs?: number;
  /** Longest gaps kept. Default 500. */
  readonly keepGaps?: number;
  /** The plane that carries voice, if voice is simulated. */
  readonly watcher?: HearingWatcher | undefined;
}

/** One ordered pair, for oracles. */
export interface PairPaths {
  readonly channelId: number;
  readonly listener: HearingMember;
  readonly talker: HearingMember;
  /** Voice would arrive peer to peer. */
  readonly p2p: boolean;
  /** Voice would arrive through the SFU. */
  readonly sfu: boolean;
  readonly played: Playback;
  readonly heard: boolean;
  /** While silent: since when, in microseconds; otherwise null. */
  readonly silentSinceUs: number | null;
  readonly everHeard: boolean;
}

const PATHS = PairBit.p2p | PairBit.sfu;
const PLAYS = PairBit.playsP2p | PairBit.playsSfu;

/**
 * Who hears whom, and over which path, at each instant (DESIGN section 5). Members tell what has changed; only the pairs it
 * touches are looked at again: O(members of the channel) for a change of a client, all pairs only when the network's
 * reachability changes.
 */
export class Hearing {
  readonly gaps: GapLedger;
  /** Ordered pairs of members now. */
  pairs = 0;
  /** Of these, pairs in which the listener hears the talker. */
  heardPairs = 0;
  /** Pairs that hear the same voice twice now. */
  doubledPairs = 0;
  /** How often a pair began to hear the same voice twice. */
  doubledCount = 0;
  private readonly channels = new Map<number, ChannelMatrix>();
  private readonly audibleFromUs: number;

  constructor(private readonly options: HearingOptions) {
    this.gaps = new GapLedger(options.keepGaps ?? 500);
    this.audibleFromUs = options.audibleFromUs ?? 20_000;
  }

  /**
   * A member considers itself in a channel from now on. Of two sessions of one user the newer one takes the seat, and its pairs
   * begin anew.
   * @returns false when a newer session of the user sits there
   */
  enter(member: HearingMember, channelId: number): boolean {
    if (member.seat !== null) this.leave(member);
    let matrix = this.channels.get(channelId);
    if (matrix === undefined) {
      matrix = new ChannelMatrix(channelId);
      this.channels.set(channelId, matrix);
    }
    const taken = matrix.slots.get(member.userId);
    if (taken !== undefined) {
      const older = matrix.members[taken] as HearingMember;
      if (older.ordinal > member.ordinal) return false;
      this.unseat(matrix, taken);
    }
    const slot = matrix.take(member);
    member.seat = { matrix, slot };
    const now = this.options.nowUs();
    this.pairs += 2 * (matrix.size - 1);
    for (let other = 0; other < matrix.used; other++) {
      const peer = matrix.members[other];
      if (!peer || other === slot) continue;
      const row = slot * matrix.capacity + other;
      const column = other * matrix.capacity + slot;
      matrix.bits[row] = PairBit.active;
      matrix.bits[column] = PairBit.active;
      matrix.sinceUs[row] = now;
      matrix.sinceUs[column] = now;
      this.store(matrix, slot, other, this.paths(member, peer) | this.plays(member, peer));
      this.store(matrix, other, slot, this.paths(peer, member) | this.plays(peer, member));
    }
    this.options.watcher?.entered(member, channelId);
    return true;
  }

  /** A member no longer considers itself in its channel. */
  leave(member: HearingMember): void {
    const seat = member.seat;
    if (seat === null) return;
    this.unseat(seat.matrix, seat.slot);
    if (seat.matrix.size === 0) this.channels.delete(seat.matrix.channelId);
  }

  /** What a member plays may have changed. */
  playbackChanged(member: HearingMember): void {
    const seat = member.seat;
    if (seat === null) return;
    this.options.watcher?.changed(member);
    const { matrix, slot } = seat;
    const row = slot * matrix.capacity;
    for (let other = 0; other < matrix.used; other++) {
      const peer = matrix.members[other];
      if (!peer || other === slot) continue;
      const bits = matrix.bits[row + other] as number;
      const plays = this.plays(member, peer);
      if ((bits & PLAYS) !== plays) this.store(matrix, slot, other, (bits & PATHS) | plays);
    }
  }

  /** The peer-to-peer link of two members may have changed. */
  linkChanged(a: HearingMember, b: HearingMember): void {
    if (a.seat === null || b.seat === null || a.seat.matrix !== b.seat.matrix || a.seat.slot === b.seat.slot) return;
    this.look(a.seat.matrix, a.seat.slot, b.seat.slot);
    this.look(a.seat.matrix, b.seat.slot, a.seat.slot);
    this.options.watcher?.changed(a);
    this.options.watcher?.changed(b);
  }

  /** A member's host was paused or resumed, or its SFU attachments or paths have changed: looks at all its pairs. */
  memberChanged(member: HearingMember): void {
    const seat = member.seat;
    if (seat === null) return;
    this.options.watcher?.changed(member);
    const { matrix, slot } = seat;
    const asleep = member.host.state !== 'up';
    for (let other = 0; other < matrix.used; other++) {
      if (other === slot || !matrix.members[other]) continue;
      this.look(matrix, slot, other);
      this.look(matrix, other, slot);
      if (!asleep) continue;
      matrix.causes[slot * matrix.capacity + other]! |= CauseBit.listenerStopped;
      matrix.causes[other * matrix.capacity + slot]! |= CauseBit.talkerStopped;
    }
  }

  /** Who can reach whom has changed: looks at every pair. */
  reachabilityChanged(): void {
    for (const matrix of this.channels.values()) {
      for (let listener = 0; listener < matrix.used; listener++) {
        if (!matrix.members[listener]) continue;
        for (let talker = 0; talker < matrix.used; talker++) {
          if (talker !== listener && matrix.members[talker]) this.look(matrix, listener, talker);
        }
      }
    }
  }

  /** Ends the gaps that are still open. Call once, at the end of a run. */
  finish(): void {
    for (const matrix of this.channels.values()) {
      for (let listener = 0; listener < matrix.used; listener++) {
        for (let talker = 0; talker < matrix.used; talker++) this.endGap(matrix, listener, talker, true);
      }
    }
  }

  /** Channels with members. */
  channelIds(): number[] {
    return [...this.channels.keys()];
  }

  /** Members that sit in a channel. */
  membersOf(channelId: number): HearingMember[] {
    const matrix = this.channels.get(channelId);
    return matrix === undefined ? [] : matrix.members.filter((member) => member !== null);
  }

  /** The state of every ordered pair of a channel. */
  pathsOf(channelId: number): PairPaths[] {
    const matrix = this.channels.get(channelId);
    if (matrix === undefined) return [];
    const out: PairPaths[] = [];
    for (let l = 0; l < matrix.used; l++) {
      const listener = matrix.members[l];
      if (!listener) continue;
      for (let t = 0; t < matrix.used; t++) {
        const talker = matrix.members[t];
        if (!talker || t === l) continue;
        out.push(pathsOfPair(matrix, l, t));
      }
    }
    return out;
  }

  /** Pairs that do not have exactly one live path that is also the one played. After quiescence there must be none. */
  pairsWithoutOnePath(): PairPaths[] {
    const out: PairPaths[] = [];
    for (const channelId of this.channels.keys()) {
      for (const pair of this.pathsOf(channelId)) if (!pair.heard || pair.p2p === pair.sfu) out.push(pair);
    }
    return out;
  }

  /** Pairs that have been silent for longer than `forUs`. */
  silentPairs(forUs: number): PairPaths[] {
    if (this.heardPairs === this.pairs) return [];
    const before = this.options.nowUs() - forUs;
    const out: PairPaths[] = [];
    for (const matrix of this.channels.values()) {
      if (matrix.allHeard) continue;
      const { bits, sinceUs, capacity, used } = matrix;
      for (let l = 0; l < used; l++) {
        for (let t = 0; t < used; t++) {
          const index = l * capacity + t;
          const silent = ((bits[index] as number) & (PairBit.active | PairBit.heard)) === PairBit.active;
          if (silent && (sinceUs[index] as number) < before) out.push(pathsOfPair(matrix, l, t));
        }
      }
    }
    return out;
  }

  /** Number of pairs that are silent, were never heard, and have been a pair for longer than `forUs`. */
  countUnheard(forUs: number): number {
    if (this.heardPairs === this.pairs) return 0;
    const before = this.options.nowUs() - forUs;
    let count = 0;
    for (const matrix of this.channels.values()) {
      if (matrix.allHeard) continue;
      const { bits, sinceUs } = matrix;
      for (let i = 0; i < bits.length; i++) {
        const state = (bits[i] as number) & (PairBit.active | PairBit.heard | PairBit.everHeard);
        if (state === PairBit.active && (sinceUs[i] as number) < before) count++;
      }
    }
    return count;
  }

  private unseat(matrix: ChannelMatrix, slot: number): void {
    const member = matrix.members[slot] as HearingMember;
    for (let other = 0; other < matrix.used; other++) {
      if (other === slot || !matrix.members[other]) continue;
      this.endGap(matrix, slot, other, true);
      this.endGap(matrix, other, slot, true);
      this.forget(matrix, matrix.bits[slot * matrix.capacity + other] as number);
      this.forget(matrix, matrix.bits[other * matrix.capacity + slot] as number);
    }
    matrix.release(slot);
    member.seat = null;
    this.options.watcher?.left(member, matrix.channelId);
  }

  private forget(matrix: ChannelMatrix, bits: number): void {
    this.pairs--;
    if ((bits & PairBit.heard) !== 0) {
      this.heardPairs--;
      matrix.heardPairs--;
    }
    if (isDoubled(bits)) this.doubledPairs--;
  }

  private look(matrix: ChannelMatrix, l: number, t: number): void {
    const bits = matrix.bits[l * matrix.capacity + t] as number;
    const paths = this.paths(matrix.members[l] as HearingMember, matrix.members[t] as HearingMember);
    if ((bits & PATHS) !== paths) this.store(matrix, l, t, paths | (bits & PLAYS));
  }

  /** Paths over which the talker's voice arrives. A paused device sends and plays nothing. */
  private paths(listener: HearingMember, talker: HearingMember): number {
    if (listener.host.state !== 'up' || talker.host.state !== 'up') return 0;
    const { reachable } = this.options;
    let bits = 0;
    if (listener.linkedWith(talker) && this.arrives(talker, listener)) bits = PairBit.p2p;
    const mine = listener.attachments;
    const theirs = talker.attachments;
    for (let i = 0; i < mine.length; i++) {
      const here = mine[i] as SfuAttachment;
      if (!here.attached) continue;
      for (let j = 0; j < theirs.length; j++) {
        const there = theirs[j] as SfuAttachment;
        if (there.room !== here.room || !there.attached || here.node.state !== 'up') continue;
        if (reachable(talker.host, here.node) && reachable(here.node, listener.host)) return bits | PairBit.sfu;
      }
    }
    return bits;
  }

  private arrives(talker: HearingMember, listener: HearingMember): boolean {
    const route = talker.routeTo?.(listener) ?? null;
    return route === null ? this.options.reachable(talker.host, listener.host) : route.passable;
  }

  private plays(listener: HearingMember, talker: HearingMember): number {
    const path = listener.playedPath(talker.userId);
    if (path === 'p2p') return PairBit.playsP2p;
    if (path === 'sfu') return PairBit.playsSfu;
    return path === 'both' ? PLAYS : 0;
  }

  /** Writes what is true of a pair now (`low`: paths and plays) and draws the consequences. */
  private store(matrix: ChannelMatrix, l: number, t: number, low: number): void {
    const index = l * matrix.capacity + t;
    const before = matrix.bits[index] as number;
    const heardBefore = (before & PairBit.heard) !== 0;
    const heard = isHeard(low);
    let after = low | PairBit.active | (before & PairBit.everHeard);
    if (heard) after |= PairBit.heard | PairBit.everHeard;
    if (heard && !heardBefore) {
      this.heardPairs++;
      matrix.heardPairs++;
      if ((before & PairBit.everHeard) !== 0) this.endGap(matrix, l, t, false);
      else {
        const afterUs = this.options.nowUs() - (matrix.sinceUs[index] as number);
        matrix.bits[index] = after;
        this.options.onFirstHeard?.(
          matrix.members[l] as HearingMember,
          matrix.members[t] as HearingMember,
          matrix.channelId,
          afterUs,
        );
      }
    } else if (!heard && heardBefore) {
      this.heardPairs--;
      matrix.heardPairs--;
      matrix.sinceUs[index] = this.options.nowUs();
      matrix.causes[index] = this.causeOf(matrix, l, t, low);
    }
    matrix.bits[index] = after;
    const doubled = isDoubled(low);
    if (doubled !== isDoubled(before)) {
      this.doubledPairs += doubled ? 1 : -1;
      if (doubled) {
        this.doubledCount++;
        this.options.onDoubled?.(
          matrix.members[l] as HearingMember,
          matrix.members[t] as HearingMember,
          matrix.channelId,
        );
      }
    }
  }

  private causeOf(matrix: ChannelMatrix, l: number, t: number, low: number): number {
    const listener = matrix.members[l] as HearingMember;
    const talker = matrix.members[t] as HearingMember;
    let cause = 0;
    if (talker.host.state !== 'up') cause |= CauseBit.talkerStopped;
    if (listener.host.state !== 'up') cause |= CauseBit.listenerStopped;
    if (cause === 0) {
      if (!this.options.reachable(talker.host, listener.host)) cause |= CauseBit.unreachable;
      cause |= (low & PLAYS) === 0 ? CauseBit.nothingPlayed : CauseBit.playedPathDead;
    }
    if (this.options.migrating?.(matrix.channelId) === true) cause |= CauseBit.migration;
    return cause;
  }

  /** Records the gap of a pair that is silent after it was heard. */
  private endGap(matrix: ChannelMatrix, l: number, t: number, unfinished: boolean): void {
    const index = l * matrix.capacity + t;
    const bits = matrix.bits[index] as number;
    if ((bits & (PairBit.active | PairBit.heard | PairBit.everHeard)) !== (PairBit.active | PairBit.everHeard)) return;
    const fromUs = matrix.sinceUs[index] as number;
    const toUs = this.options.nowUs();
    if (toUs - fromUs < this.audibleFromUs || toUs === fromUs) return;
    const fault = this.options.faultAt?.(fromUs) ?? null;
    const hints = describeCause(matrix.causes[index] as number);
    const gap: Gap = {
      fromUs,
      toUs,
      listener: (matrix.members[l] as HearingMember).userId,
      talker: (matrix.members[t] as HearingMember).userId,
      channelId: matrix.channelId,
      cause: fault === null ? hints : `${fault}: ${hints}`,
      asleep: ((matrix.causes[index] as number) & (CauseBit.listenerStopped | CauseBit.talkerStopped)) !== 0,
      unfinished,
    };
    this.gaps.add(gap);
    this.options.onGap?.(gap);
  }
}

/** The state of an ordered pair of members that sit there. */
function pathsOfPair(matrix: ChannelMatrix, l: number, t: number): PairPaths {
  const index = l * matrix.capacity + t;
  const bits = matrix.bits[index] as number;
  const heard = (bits & PairBit.heard) !== 0;
  return {
    channelId: matrix.channelId,
    listener: matrix.members[l] as HearingMember,
    talker: matrix.members[t] as HearingMember,
    p2p: (bits & PairBit.p2p) !== 0,
    sfu: (bits & PairBit.sfu) !== 0,
    played: playbackOf(bits),
    heard,
    silentSinceUs: heard ? null : (matrix.sinceUs[index] as number),
    everHeard: (bits & PairBit.everHeard) !== 0,
  };
}

function playbackOf(bits: number): Playback {
  if ((bits & PLAYS) === PLAYS) return 'both';
  if ((bits & PairBit.playsP2p) !== 0) return 'p2p';
  return (bits & PairBit.playsSfu) !== 0 ? 'sfu' : 'none';
}
