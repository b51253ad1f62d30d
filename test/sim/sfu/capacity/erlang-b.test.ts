import { describe, expect, it } from 'vitest';
import { Host } from '../../../../sim/hosts/index.js';
import { type ChoiceStream, Simulation } from '../../../../sim/kernel/index.js';
import { type Connection, Network } from '../../../../sim/net/index.js';
import { defaultNodeLimits, NodeMachine, nodeProfileSchema } from '../../../../sim/sfu/capacity/index.js';
import {
  makeSfuToken,
  SFU_SERVICE,
  SfuNode,
  type SfuServerMessage,
  SimulatedSfuControl,
} from '../../../../sim/sfu/index.js';

const ARRIVALS = 5_000;
const MEAN_S = 100;

/** Erlang's formula by its recursion: share of those who find all lines taken. */
function erlangB(load: number, lines: number): number {
  let blocked = 1;
  for (let line = 1; line <= lines; line++) blocked = (load * blocked) / (line + load * blocked);
  return blocked;
}

/** People come to a node as a Poisson process and stay for a while; those who find it full give up. */
async function blockedShare(load: number, places: number, stayS: (stream: ChoiceStream) => number) {
  const sim = new Simulation({ seed: 11 });
  const network = new Network(sim);
  const profile = nodeProfileSchema.parse({ name: 'lines', cores: 1, memoryMB: 1_000 });
  const machine = new NodeMachine(profile, { ...defaultNodeLimits, participantsMax: places });
  const node = new SfuNode(sim, network, { name: 'sfu-1', machine });
  node.host.start();
  const backend = new Host(sim, { id: 'backend-1', kind: 'backend' });
  backend.start();
  const control = new SimulatedSfuControl({ sim, network, host: backend, nodes: new Map([['sfu-1', node.host]]) });
  const room = { node: 'sfu-1', room: 'channel_1', epoch: 1 };
  sim.at(0, () => void control.startRoom(room));
  const stream = sim.choices.stream('people');
  const caller = new Host(sim, { id: 'client-1', kind: 'client' });
  caller.start();
  const seen = { came: 0, refused: 0, in: 0 };
  const come = () => {
    const userId = String(++seen.came);
    const stayUs = stayS(stream) * 1e6;
    const hangUp = (connection: Connection) => connection.close('left');
    network.connect(caller, node.host, SFU_SERVICE, {
      onOpen: (connection) =>
        connection.send({ type: 'join', ...room, userId, sessionId: userId, token: makeSfuToken({ ...room, userId }) }),
      onMessage: (raw, connection) => {
        const message = raw as SfuServerMessage;
        if (message.type === 'refused') seen.refused++;
        if (message.type === 'joined') connection.send({ type: 'transport' });
        if (message.type !== 'connected') return;
        seen.in++;
        sim.after(stayUs, hangUp, connection);
      },
    });
    if (seen.came < ARRIVALS) sim.after(stream.exponential((MEAN_S / load) * 1e6), come);
  };
  sim.at(1e6, come);
  await sim.run({ untilUs: 1e13 });
  expect(seen.in + seen.refused).toBe(ARRIVALS);
  expect(machine.refusals).toBe(seen.refused);
  return seen.refused / ARRIVALS;
}

describe('a node with places', () => {
  it('Erlang B by recursion', () => {
    expect(erlangB(10, 15)).toBeCloseTo(0.0365, 5);
    expect(erlangB(100, 117)).toBeCloseTo(0.00979, 5);
  });

  // three standard deviations of 5 000 arrivals whose refusals come in bunches
  const TOLERANCE = 0.015;

  it('refuses as many as Erlang B says, with exponential stays', async () => {
    const share = await blockedShare(12, 15, (stream) => stream.exponential(MEAN_S));
    expect(Math.abs(share - erlangB(12, 15))).toBeLessThan(TOLERANCE);
  });

  it('and with stays that are all alike: the distribution does not matter', async () => {
    const share = await blockedShare(12, 15, () => MEAN_S);
    expect(Math.abs(share - erlangB(12, 15))).toBeLessThan(TOLERANCE);
  });
});
