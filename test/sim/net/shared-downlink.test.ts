import { expect, it } from 'vitest';
import type { Host } from '../../../sim/hosts/index.js';
import { SECOND, TestWorld } from './world.js';

const KBPS = 100;
const BACKBONE_US = 10_000;

/** Servers near and far, and other clients, all send to `a`, whose link is slow. */
class SlowReceiver {
  readonly world = new TestWorld({
    defaultProfile: 'datacenter',
    profiles: { slow: { up: {}, down: { rateKbps: KBPS } }, late: { delayMs: 37 }, lazy: { delayMs: 4 } },
    profileByKind: { client: 'late', sfu: 'lazy' },
  });
  readonly senders: readonly (readonly [Host, number])[];

  constructor() {
    const { network } = this.world;
    network.setProfile('a', 'slow');
    this.senders = [
      [this.world.b, 125],
      [this.world.host('sfu', 'sfu'), 4_000],
      [this.world.host('c', 'client'), 37_000],
    ];
  }
}

it('takes packets in the order in which they reach it, whoever sent them, however early they are known', async () => {
  const { world, senders } = new SlowReceiver();
  const stream = world.sim.choices.stream('test');
  const sent: { readonly entryUs: number; readonly nth: number }[] = [];
  const arrivals: [number, number][] = [];
  for (let nth = 0; nth < 600; nth++) {
    const atUs = Math.floor(stream.uniform() * 8 * SECOND);
    const [host, upUs] = senders[Math.floor(stream.uniform() * 3)]!;
    sent.push({ entryUs: atUs + upUs + BACKBONE_US, nth });
    world.sim.at(atUs, () => world.network.send(host, world.a, 150, () => arrivals.push([nth, world.sim.nowUs]), 0));
  }
  await world.runFor(20 * SECOND);
  let freeUs = 0;
  const expected = sent
    .toSorted((one, other) => one.entryUs - other.entryUs || one.nth - other.nth)
    .map(({ entryUs, nth }) => {
      freeUs = Math.max(freeUs, entryUs) + (150 * 8_000) / KBPS;
      return [nth, freeUs];
    });
  expect(arrivals).toEqual(expected);
});

it('costs no event for what the quickest servers send', async () => {
  const { world, senders } = new SlowReceiver();
  const eventsFor = async ([host]: (typeof senders)[number]): Promise<number> => {
    const before = world.sim.eventsRun;
    world.network.send(host, world.a, 150, () => undefined, 0);
    await world.runFor(SECOND);
    return world.sim.eventsRun - before - 1;
  };
  expect([await eventsFor(senders[0]!), await eventsFor(senders[1]!), await eventsFor(senders[2]!)]).toEqual([1, 2, 2]);
});
