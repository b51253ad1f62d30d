import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offersTo } from '../../../sim/clients/peer-signal.js';
import { type End, World } from './peer-ends.js';

describe('peer links', () => {
  it('the smaller user id offers, as a number', () => {
    expect(offersTo('9', '10')).toBe(true);
    expect(offersTo('10', '9')).toBe(false);
    expect(offersTo('19', '20')).toBe(true);
  });

  it('offer, answer, one check there and back: up on both ends', async () => {
    const world = new World();
    const [a, b] = [world.add('2'), world.add('10')];
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
      b.peers.open(a);
    });
    await world.run(1000);
    // 20 offer, 40 answer, 50 check, 60 answer to the check, 70 first voice of the offerer
    expect(a.events).toEqual(['60 up']);
    expect(b.events).toEqual(['70 up']);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('an offer before the own open is answered as soon as open comes', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    world.at(0, () => a.peers.open(b));
    world.at(500, () => b.peers.open(a));
    await world.run(1000);
    expect(b.events).toEqual(['550 up']);
    expect(a.events).toEqual(['540 up']);
    expect(world.carried.map((signal) => signal.k)).toEqual(['offer', 'answer']);
  });

  it('an offer remembered too long is forgotten; the next attempt does it', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    let lost = false;
    world.relay = (signal) => (lost && signal.k === 'offer' ? [] : [20_000]);
    world.at(0, () => a.peers.open(b));
    world.at(100, () => {
      lost = true;
    });
    world.at(11_000, () => b.peers.open(a));
    world.at(11_500, () => {
      lost = false;
    });
    await world.run(14_000);
    expect(b.events).toEqual(['12070 up']);
  });

  it('every first offer and answer lost: two retries, two seconds each', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    const seen = new Set<string>();
    world.relay = (signal) => {
      if (seen.has(signal.k)) return [20_000];
      seen.add(signal.k);
      return [];
    };
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
    });
    await world.run(6000);
    expect(a.events).toEqual(['4060 up']);
  });

  it('goodbye brings the other end down at once; a lost one after 30 s without consent', async () => {
    for (const [loses, downMs] of [
      [false, 5010],
      [true, 35_000],
    ] as const) {
      const world = new World();
      const [a, b] = [world.add('1'), world.add('2')];
      world.at(0, () => {
        a.peers.open(b);
        b.peers.open(a);
      });
      world.at(5000, () => {
        if (loses) world.network.partition([a.host], [b.host], 'a-to-b');
        a.peers.close(b);
        a.up.delete(b.sessionId);
      });
      await world.run(60_000);
      expect(b.events[1]).toBe(`${downMs} down`);
      expect(world.hearing.heardPairs).toBe(0);
    }
  });

  it('a closed tab is noticed by missing consent, and a new session of the user is a new link', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
    });
    world.at(5000, () => b.closeTab());
    world.at(11_000, () => {
      expect(a.peers.isSuspect(b.sessionId)).toBe(true);
      const again = world.add('2');
      a.peers.open(again);
      again.peers.open(a);
    });
    await world.run(60_000);
    expect(a.events).toEqual(['60 up', '11060 up', '35000 down']);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('a partition shorter than the consent time-out goes unnoticed, one way is as bad as both, and links come back', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
    });
    world.at(10_000, () => world.network.partition([a.host], [b.host], 'both'));
    world.at(39_000, () => world.network.heal());
    world.at(50_000, () => world.network.partition([b.host], [a.host], 'a-to-b'));
    world.at(60_000, () => {
      expect(a.peers.isSuspect(b.sessionId)).toBe(true);
      expect(world.hearing.heardPairs).toBe(1);
    });
    world.at(90_000, () => world.network.heal());
    await world.run(100_000);
    expect(a.events.map((line) => line.split(' ')[1])).toEqual(['up', 'down', 'up']);
    expect(a.events[1]).toBe('80000 down');
    expect(b.events[1]).toBe('80000 down');
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('after a sleep longer than the consent time-out the link is built anew', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
    });
    world.at(10_000, () => a.host.pause(45_000_000));
    await world.run(90_000);
    expect(b.events.map((line) => line.split(' ')[1])).toEqual(['up', 'down', 'up']);
    expect(b.events[1]).toBe('40000 down');
    expect(world.hearing.heardPairs).toBe(2);
    expect(Number(b.events[2]!.split(' ')[0])).toBeLessThan(58_000);
  });

  it('an answerer that opens anew asks for an offer though the offerer has missed its goodbye', async () => {
    const world = new World();
    const [a, b] = [world.add('1'), world.add('2')];
    world.at(0, () => {
      a.peers.open(b);
      b.peers.open(a);
    });
    world.at(5000, () => {
      const cut = world.network.partition([b.host], [a.host], 'a-to-b');
      b.peers.close(a);
      b.up.delete(a.sessionId);
      b.peers.open(a);
      world.network.heal(cut);
    });
    await world.run(10_000);
    expect(a.events).toEqual(['60 up', '7020 down', '7080 up']);
    expect(world.hearing.heardPairs).toBe(2);
  });

  it('survives lost, late and doubled signals, lossy paths, reopenings, sleeps and cuts: in the end all links are up on both ends', async () => {
    const chaos = fc.record({
      do: fc.constantFrom(
        'reopen' as const,
        'close-open-other' as const,
        'cut' as const,
        'heal' as const,
        'sleep' as const,
      ),
      atMs: fc.integer({ min: 0, max: 100_000 }),
      who: fc.nat(3),
      peer: fc.nat(3),
      forMs: fc.integer({ min: 10, max: 50_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(chaos, { maxLength: 12 }),
        fc.array(fc.constantFrom([], [20_000], [20_000, 25_000], [3_000_000], [20_000, 9_000_000]), {
          minLength: 1,
          maxLength: 12,
        }),
        async (steps, delays) => {
          const world = new World({ profileByKind: { client: 'very-bad' } });
          const ends = ['1', '2', '10', '21'].map((id) => world.add(id));
          let carried = 0;
          world.relay = () =>
            world.sim.nowUs > 110_000_000 ? [20_000] : (delays[carried++ % delays.length] as readonly number[]);
          ends.forEach((end, index) => {
            for (const peer of ends) if (peer !== end) world.at(index * 700, () => end.peers.open(peer));
          });
          const reopen = (end: End, peer: End, afterMs: number) => {
            end.up.delete(peer.sessionId);
            end.peers.close(peer);
            world.sim.after(afterMs * 1000, () => end.peers.open(peer));
          };
          for (const each of steps) {
            const [end, peer] = [ends[each.who] as End, ends[each.peer] as End];
            if (end === peer) continue;
            world.at(each.atMs, () => {
              if (each.do === 'reopen') reopen(end, peer, 0);
              else if (each.do === 'close-open-other') {
                reopen(end, peer, each.forMs / 5);
                reopen(peer, end, 100);
              } else if (each.do === 'cut')
                world.network.partition([end.host], [peer.host], each.forMs % 2 === 0 ? 'both' : 'a-to-b');
              else if (each.do === 'heal') world.network.heal();
              else end.host.pause(each.forMs * 1000);
            });
          }
          world.at(115_000, () => world.network.heal());
          await world.run(260_000);
          for (const end of ends) expect(end.up.size).toBe(3);
          expect(world.hearing.heardPairs).toBe(12);
        },
      ),
      { numRuns: 60 },
    );
  });
});
