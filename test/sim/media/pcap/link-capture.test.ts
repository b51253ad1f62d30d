import { describe, expect, it } from 'vitest';
import type { CaptureSink } from '../../../../sim/media/pcap/index.js';
import { LinkCapture } from '../../../../sim/media/pcap/index.js';
import { resolveScenario, type ScenarioInput } from '../../../../sim/scenario/index.js';
import { simulate } from '../../../../sim/simulate.js';
import { type CapturedLinks, captureLinks, faultNow } from '../../../../sim/world/capture-links.js';
import { MemorySink, readCapture } from './capture.js';

const call: ScenarioInput = {
  name: 'captured-call',
  durationS: 12,
  drainS: 3,
  population: {
    script: [
      { atS: 0.1, user: 1, do: 'join', network: 'lte' },
      { atS: 0.2, user: 2, do: 'join', network: 'loss-5' },
      { atS: 0.3, user: 3, do: 'join', network: 'lte' },
    ],
  },
  media: { fidelity: 'packet', talk: { model: 'everyone', dtx: false } },
  faults: [{ kind: 'partition', atS: 8, forS: 1, from: ['client-1'], to: ['client-2'] }],
};

async function run(links: CapturedLinks | null, seed = 1, sink: CaptureSink = new MemorySink(), input = call) {
  let capture: LinkCapture | null = null;
  let sent = 0;
  const result = await simulate(resolveScenario(input), {
    seed,
    onWorld: (world) => {
      if (links === null) return;
      capture = new LinkCapture({ sink, nowUs: () => world.sim.nowUs, fault: () => faultNow(world) });
      captureLinks(world, capture, links);
      const { media } = world.network.statistics;
      world.sim.at(
        14.9e6,
        () => {
          sent = media.sent;
        },
        null,
      );
    },
  });
  (capture as LinkCapture | null)?.finish();
  return { result, sent, capture: capture as LinkCapture | null };
}

async function captured(links: CapturedLinks, seed = 1) {
  const sink = new MemorySink();
  const { sent } = await run(links, seed, sink);
  return { ...readCapture(sink.bytes), bytes: sink.bytes, sent };
}

describe('capture of access links', () => {
  it('makes the same bytes of the same seed, and others of another', async () => {
    const [first, again, other] = [await captured('all'), await captured('all'), await captured('all', 2)];
    expect(first.bytes.length).toBeGreaterThan(100_000);
    expect(first.bytes.equals(again.bytes)).toBe(true);
    expect(first.bytes.equals(other.bytes)).toBe(false);
  });

  it('changes nothing in the world that it looks at', async () => {
    const [looked, alone] = [await run('all'), await run(null)];
    expect(looked.result.traceHash).toBe(alone.result.traceHash);
  });

  it('has an interface for each direction of each link that was asked for, and packets in the order of time', async () => {
    const names = async (links: CapturedLinks) => (await captured(links)).interfaces.map(({ name }) => name);
    expect(await names('first')).toEqual(['client-1 up', 'client-1 down']);
    expect(await names(['client-3', 'client-2'])).toEqual([
      'client-2 up',
      'client-2 down',
      'client-3 up',
      'client-3 down',
    ]);
    const { packets } = await captured('all');
    expect(packets.every(({ atUs }, index) => index === 0 || atUs >= packets[index - 1]!.atUs)).toBe(true);
  });

  it('has every packet that was sent, once, on the interface of its sender', async () => {
    const { packets, interfaces, sent } = await captured('all');
    const up = packets.filter(
      ({ interfaceId, atUs }) => interfaces[interfaceId]!.name.endsWith(' up') && atUs <= 14.9e6,
    );
    expect(up.length).toBe(sent);
  });

  it('says of each packet that was lost why, and which fault was active', async () => {
    const { packets, interfaces } = await captured(['client-1', 'client-2']);
    const comments = new Map<string, number>();
    for (const { comment, interfaceId } of packets) {
      const key = `${interfaces[interfaceId]!.name}: ${comment}`;
      comments.set(key, (comments.get(key) ?? 0) + 1);
    }
    // a second of 50 packets, and a report or two, each way
    const cut = comments.get('client-1 up: lost, nothing gets through; fault: partition of client-1, client-2')!;
    expect(cut).toBeGreaterThanOrEqual(50);
    expect(cut).toBeLessThan(55);
    // 5 % of 100 packets a second in 12 s
    const lost = comments.get('client-2 up: lost on the link')!;
    expect(lost).toBeGreaterThan(25);
    expect(lost).toBeLessThan(100);
    // the link of the one is not blamed for the other's
    expect(comments.get('client-1 up: lost on the link')).toBeUndefined();
    expect(comments.get('client-1 down: lost on the link')).toBeUndefined();
    expect(comments.get('client-1 down: lost on the link of its sender')).toBeGreaterThan(10);
    const during = packets.filter(({ comment }) => comment?.includes('fault: partition'));
    expect(during.every(({ atUs }) => atUs >= 8e6 && atUs <= 9e6)).toBe(true);
  });

  it('ends with the first write that fails, and the world goes on', async () => {
    let writes = 0;
    const full: CaptureSink = {
      write: () => {
        if (++writes > 2) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
    const { result, capture } = await run('all', 1, full);
    expect(result.traceHash).toBe((await run(null)).result.traceHash);
    expect(capture?.failure?.message).toContain('ENOSPC');
    expect(writes).toBe(3);
  });
});
