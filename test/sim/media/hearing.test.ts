import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../sim/hosts/index.js';
import {
  type Gap,
  GapLedger,
  Hearing,
  type HearingMember,
  type Playback,
  type Seat,
  type SfuAttachment,
} from '../../../sim/media/index.js';

class FakeAttachment implements SfuAttachment {
  attached = true;
  constructor(
    readonly room: object,
    readonly node: Host,
  ) {}
}

class FakeMember implements HearingMember {
  seat: Seat | null = null;
  readonly links = new Set<FakeMember>();
  attachments: FakeAttachment[] = [];
  readonly plays = new Map<string, Playback>();
  constructor(
    readonly userId: string,
    readonly sessionId: string,
    readonly ordinal: number,
    readonly host: Host,
  ) {}
  playedPath(userId: string): Playback {
    return this.plays.get(userId) ?? 'none';
  }
  linkedWith(peer: FakeMember): boolean {
    return this.links.has(peer) && peer.links.has(this);
  }
}

class FakeWorld {
  nowUs = 0;
  readonly cuts = new Set<string>();
  readonly gaps: Gap[] = [];
  readonly firsts: string[] = [];
  readonly nodes = ['sfu-1', 'sfu-2'].map((id) => host(id));
  readonly rooms = [
    { name: 'r1', node: 0 },
    { name: 'r2', node: 1 },
    { name: 'r3', node: 0 },
  ];
  readonly hearing = new Hearing({
    nowUs: () => this.nowUs,
    reachable: (from, to) => !this.cuts.has(`${from.id}>${to.id}`),
    onGap: (gap) => this.gaps.push(gap),
    onFirstHeard: (listener, talker, _channel, afterUs) =>
      this.firsts.push(`${listener.userId}<${talker.userId} ${afterUs}`),
    audibleFromUs: 0,
  });
  readonly members: FakeMember[] = [];

  add(userId: string, ordinal = this.members.length + 1): FakeMember {
    const member = new FakeMember(userId, `${userId}-${ordinal}`, ordinal, host(`client-${userId}-${ordinal}`));
    this.members.push(member);
    return member;
  }

  connect(a: FakeMember, b: FakeMember, up = true): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (up) one.links.add(other);
      else one.links.delete(other);
    }
    this.hearing.linkChanged(a, b);
  }

  play(listener: FakeMember, talker: FakeMember, path: Playback): void {
    listener.plays.set(talker.userId, path);
    this.hearing.playbackChanged(listener);
  }
}

function host(id: string): Host {
  return { id, state: 'up' } as unknown as Host;
}

/** Who hears whom, computed from nothing but the present state. */
function bruteForce(world: FakeWorld, channels: ReadonlyMap<FakeMember, number>): string[] {
  const out: string[] = [];
  const reach = (from: Host, to: Host) => !world.cuts.has(`${from.id}>${to.id}`);
  for (const [listener, channel] of channels) {
    for (const [talker, other] of channels) {
      if (listener === talker || channel !== other || listener.userId === talker.userId) continue;
      const awake = listener.host.state === 'up' && talker.host.state === 'up';
      const p2p =
        awake && listener.links.has(talker) && talker.links.has(listener) && reach(talker.host, listener.host);
      const sfu =
        awake &&
        listener.attachments.some((mine) =>
          talker.attachments.some(
            (theirs) =>
              mine.attached &&
              theirs.attached &&
              mine.room === theirs.room &&
              mine.node.state === 'up' &&
              reach(talker.host, mine.node) &&
              reach(mine.node, listener.host),
          ),
        );
      const played = listener.playedPath(talker.userId);
      const heard =
        (p2p && (played === 'p2p' || played === 'both')) || (sfu && (played === 'sfu' || played === 'both'));
      out.push(`${channel} ${listener.sessionId}<${talker.sessionId} ${p2p} ${sfu} ${played} ${heard}`);
    }
  }
  return out.sort();
}

function matrix(world: FakeWorld): string[] {
  return world.hearing
    .channelIds()
    .flatMap((id) => world.hearing.pathsOf(id))
    .map(
      (pair) =>
        `${pair.channelId} ${pair.listener.sessionId}<${pair.talker.sessionId} ${pair.p2p} ${pair.sfu} ${pair.played} ${pair.heard}`,
    )
    .sort();
}

const SIZE = 7;
const who = fc.nat(SIZE - 1);
const playback = fc.constantFrom<Playback>('none', 'p2p', 'sfu', 'both');
const step = fc.oneof(
  fc.record({ do: fc.constant('link' as const), a: who, b: who, up: fc.boolean() }),
  fc.record({ do: fc.constant('play' as const), a: who, b: who, path: playback }),
  fc.record({ do: fc.constant('playAll' as const), a: who, path: playback }),
  fc.record({ do: fc.constant('attach' as const), a: who, room: fc.nat(2), up: fc.boolean() }),
  fc.record({ do: fc.constant('cut' as const), a: fc.nat(SIZE + 1), b: fc.nat(SIZE + 1), on: fc.boolean() }),
  fc.record({ do: fc.constant('pause' as const), a: fc.nat(SIZE + 1), on: fc.boolean() }),
  fc.record({ do: fc.constant('enter' as const), a: who, channel: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ do: fc.constant('leave' as const), a: who }),
);

describe('hearing matrix', () => {
  it('equals a recomputation from nothing after every event, and its counters agree with it', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 150, size: 'max' }), (steps) => {
        const world = new FakeWorld();
        // the last one is a second session of the first user
        for (let i = 0; i < SIZE; i++) world.add(i === SIZE - 1 ? '1' : String(i + 1), i + 1);
        const { members, hearing, nodes } = world;
        const channels = new Map<FakeMember, number>();
        for (const member of members.slice(0, 3)) {
          hearing.enter(member, 1);
          channels.set(member, 1);
        }
        // what gaps there must be, from the sequence of states alone
        const silentSince = new Map<string, number>();
        const everHeard = new Set<string>();
        let expectedGaps = 0;
        let expectedUs = 0;
        const endGap = (key: string) => {
          const since = silentSince.get(key);
          if (since === undefined) return;
          silentSince.delete(key);
          expectedGaps++;
          expectedUs += world.nowUs - since;
        };
        const settle = () => {
          const now = bruteForce(world, channels);
          expect(matrix(world)).toEqual(now);
          const present = new Set<string>();
          let heardCount = 0;
          for (const line of now) {
            const [channel, pair, , , , heard] = line.split(' ');
            const key = `${channel} ${pair}`;
            present.add(key);
            if (heard === 'true') {
              heardCount++;
              everHeard.add(key);
              endGap(key);
            } else if (everHeard.has(key) && !silentSince.has(key)) silentSince.set(key, world.nowUs);
          }
          for (const key of [...everHeard]) {
            if (present.has(key)) continue;
            everHeard.delete(key);
            endGap(key);
          }
          expect(hearing.pairs).toBe(now.length);
          expect(hearing.heardPairs).toBe(heardCount);
          expect(hearing.gaps.count).toBe(expectedGaps);
          expect(hearing.gaps.totalUs).toBe(expectedUs);
          const bad = hearing.pairsWithoutOnePath().length;
          expect(bad).toBe(now.filter((line) => !line.endsWith('true') || / true true /.test(line)).length);
        };
        const place = (index: number): Host =>
          index < SIZE ? (members[index] as FakeMember).host : (nodes[index - SIZE] as Host);
        settle();
        for (const each of steps) {
          world.nowUs += 1000;
          const member = members[each.a] as FakeMember;
          switch (each.do) {
            case 'link':
              if (each.a !== each.b) world.connect(member, members[each.b] as FakeMember, each.up);
              break;
            case 'play':
              world.play(member, members[each.b] as FakeMember, each.path);
              break;
            case 'playAll':
              for (const other of members) member.plays.set(other.userId, each.path);
              hearing.playbackChanged(member);
              break;
            case 'attach': {
              const room = world.rooms[each.room] as { node: number };
              member.attachments = member.attachments.filter((one) => one.room !== room);
              if (each.up) member.attachments.push(new FakeAttachment(room, nodes[room.node] as Host));
              hearing.memberChanged(member);
              break;
            }
            case 'cut':
              if (each.on) world.cuts.add(`${place(each.a).id}>${place(each.b).id}`);
              else world.cuts.delete(`${place(each.a).id}>${place(each.b).id}`);
              hearing.reachabilityChanged();
              break;
            case 'pause': {
              const target = place(each.a);
              (target as { state: string }).state = each.on ? 'paused' : 'up';
              if (each.a < SIZE) hearing.memberChanged(member);
              else
                for (const one of members)
                  if (one.attachments.some((mine) => mine.node === target)) hearing.memberChanged(one);
              break;
            }
            case 'enter': {
              channels.delete(member);
              hearing.leave(member);
              const rival = [...channels].find(
                ([one, channel]) => one.userId === member.userId && channel === each.channel,
              );
              if (rival === undefined || rival[0].ordinal < member.ordinal) {
                if (rival !== undefined) channels.delete(rival[0]);
                channels.set(member, each.channel);
                // the pairs begin anew, as for somebody who was away for a moment
                for (const key of [...everHeard]) {
                  if (!key.includes(`${member.sessionId}<`) && !key.endsWith(`<${member.sessionId}`)) continue;
                  everHeard.delete(key);
                  endGap(key);
                }
                expect(hearing.enter(member, each.channel)).toBe(true);
              } else expect(hearing.enter(member, each.channel)).toBe(false);
              break;
            }
            case 'leave':
              channels.delete(member);
              hearing.leave(member);
          }
          settle();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('measures the time to the first word and the gaps after it', () => {
    const world = new FakeWorld();
    const [a, b] = [world.add('1'), world.add('2')];
    world.hearing.enter(a, 5);
    world.nowUs = 1_000_000;
    world.hearing.enter(b, 5);
    world.nowUs = 1_400_000;
    world.connect(a, b);
    world.play(a, b, 'p2p');
    expect(world.firsts).toEqual(['1<2 400000']);
    world.nowUs = 2_000_000;
    world.play(a, b, 'none');
    expect(world.hearing.silentPairs(0)).toHaveLength(1);
    world.nowUs = 2_250_000;
    expect(world.hearing.silentPairs(300_000).map((pair) => pair.listener.userId)).toEqual(['2']);
    world.play(a, b, 'p2p');
    world.nowUs = 3_000_000;
    world.play(b, a, 'p2p');
    world.nowUs = 4_000_000;
    world.cuts.add(`${a.host.id}>${b.host.id}`);
    world.hearing.reachabilityChanged();
    world.nowUs = 9_000_000;
    world.hearing.leave(a);
    expect(world.gaps).toEqual([
      {
        fromUs: 2_000_000,
        toUs: 2_250_000,
        listener: '1',
        talker: '2',
        channelId: 5,
        cause: 'no path played',
        asleep: false,
        unfinished: false,
      },
      {
        fromUs: 4_000_000,
        toUs: 9_000_000,
        listener: '2',
        talker: '1',
        channelId: 5,
        cause: 'path cut, played path broken',
        asleep: false,
        unfinished: true,
      },
    ]);
    expect(world.hearing.gaps).toMatchObject({ count: 2, totalUs: 5_250_000, maxUs: 5_000_000 });
    expect(world.hearing.channelIds()).toEqual([5]);
    world.hearing.leave(b);
    expect(world.hearing.channelIds()).toEqual([]);
  });

  it('remembers since when, and why, while a channel grows', () => {
    const world = new FakeWorld();
    const [a, b] = [world.add('1'), world.add('2')];
    world.hearing.enter(a, 1);
    world.hearing.enter(b, 1);
    world.connect(a, b);
    world.play(a, b, 'p2p');
    world.nowUs = 1_000_000;
    (b.host as { state: string }).state = 'paused';
    world.hearing.memberChanged(b);
    for (let i = 3; i <= 20; i++) world.hearing.enter(world.add(String(i)), 1);
    world.nowUs = 3_000_000;
    (b.host as { state: string }).state = 'up';
    world.hearing.memberChanged(b);
    expect(world.gaps).toMatchObject([
      { fromUs: 1_000_000, toUs: 3_000_000, listener: '1', talker: '2', cause: 'talker paused' },
    ]);
  });

  it('says when a device slept in a gap, also when it fell asleep later', () => {
    const world = new FakeWorld();
    const [a, b] = [world.add('1'), world.add('2')];
    world.hearing.enter(a, 1);
    world.hearing.enter(b, 1);
    world.connect(a, b);
    world.play(a, b, 'p2p');
    world.play(b, a, 'p2p');
    world.nowUs = 1_000_000;
    world.play(a, b, 'none');
    world.nowUs = 2_000_000;
    (b.host as { state: string }).state = 'paused';
    world.hearing.memberChanged(b);
    world.nowUs = 3_000_000;
    (b.host as { state: string }).state = 'up';
    world.hearing.memberChanged(b);
    world.nowUs = 4_000_000;
    world.play(a, b, 'p2p');
    expect(world.gaps.map(({ listener, asleep }) => [listener, asleep])).toEqual([
      ['2', true],
      ['1', true],
    ]);
    world.play(a, b, 'none');
    world.nowUs = 5_000_000;
    world.play(a, b, 'p2p');
    expect(world.gaps.at(-1)).toMatchObject({ asleep: false });
  });

  it('forgives a change of path within one instant, and silences nobody can hear', () => {
    const gaps: Gap[] = [];
    let nowUs = 0;
    const hearing = new Hearing({ nowUs: () => nowUs, reachable: () => true, onGap: (gap) => gaps.push(gap) });
    const a = new FakeMember('1', '1-1', 1, host('c1'));
    const b = new FakeMember('2', '2-1', 2, host('c2'));
    const room = {};
    const node = host('sfu-1');
    a.links.add(b);
    b.links.add(a);
    hearing.enter(a, 1);
    hearing.enter(b, 1);
    const play = (path: Playback) => {
      a.plays.set('2', path);
      hearing.playbackChanged(a);
    };
    play('p2p');
    nowUs = 100_000;
    for (const each of [a, b]) {
      each.attachments = [new FakeAttachment(room, node)];
      hearing.memberChanged(each);
    }
    play('sfu');
    play('none');
    nowUs = 115_000;
    play('sfu');
    expect(gaps).toEqual([]);
    nowUs = 200_000;
    play('none');
    nowUs = 220_000;
    play('both');
    expect(gaps).toHaveLength(1);
    expect(hearing.doubledPairs).toBe(1);
    play('sfu');
    expect(hearing.doubledPairs).toBe(0);
    expect(hearing.doubledCount).toBe(1);
  });

  it('keeps the longest gaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (lengths, keep) => {
          const ledger = new GapLedger(keep);
          for (const [index, toUs] of lengths.entries()) {
            ledger.add({
              fromUs: 0,
              toUs,
              listener: String(index),
              talker: '0',
              channelId: 1,
              cause: '',
              asleep: false,
              unfinished: false,
            });
          }
          const longest = [...lengths].sort((a, b) => b - a).slice(0, keep);
          expect(ledger.longest().map((gap) => gap.toUs)).toEqual(longest);
          expect(ledger.count).toBe(lengths.length);
        },
      ),
    );
  });

  it('is quick with two hundred in one channel', () => {
    const world = new FakeWorld();
    const room = {};
    for (let i = 0; i < 200; i++) {
      const member = world.add(String(i + 1));
      for (let other = 0; other < 200; other++) member.plays.set(String(other + 1), 'sfu');
      member.attachments = [new FakeAttachment(room, world.nodes[0] as Host)];
      world.hearing.enter(member, 1);
    }
    expect(world.hearing.heardPairs).toBe(200 * 199);
    (world.nodes[0] as { state: string }).state = 'down';
    world.nowUs = 1_000_000;
    for (const member of world.members) world.hearing.memberChanged(member);
    expect(world.hearing.heardPairs).toBe(0);
  });
});
