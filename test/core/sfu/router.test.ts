import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequenceDistance } from '../../../core/media/rtp.js';
import { Forwarder } from '../../../core/sfu/forwarder.js';
import { LayerSelection, layerFor } from '../../../core/sfu/layer-selection.js';
import { Room } from './room.js';

describe('a router (B1)', () => {
  it('brings every track to every other member, and never to its own', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c']) room.enter(id);
    for (const id of ['a', 'b', 'c']) room.publish(id);
    for (const id of ['a', 'b', 'c']) room.talk(id, 0);
    expect(room.listeners('a', 0)).toEqual(['b', 'c']);
    expect(room.listeners('b', 0)).toEqual(['a', 'c']);
    expect(room.listeners('c', 0)).toEqual(['a', 'b']);
  });

  it('lets a late joiner hear everyone at once', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    for (const id of ['a', 'b']) room.publish(id);
    for (let frame = 0; frame < 10; frame++) room.talk('a', frame);
    room.enter('late');
    room.talk('a', 10);
    room.talk('b', 10);
    expect(room.listeners('a', 10)).toContain('late');
    expect(room.listeners('b', 10)).toContain('late');
    expect(room.events('late')).toEqual(['new-producer', 'quality-update', 'new-producer', 'quality-update']);
  });

  it('forwards exactly one layer of each voice', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    for (let frame = 0; frame < 5; frame++) room.talk('a', frame);
    expect(room.layers('b', 'a')).toBe('mmmmm');
  });

  it('gives each stream of a member an SSRC of its own', () => {
    const room = new Room();
    const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
    for (const name of names) room.enter(name);
    for (const name of names) room.publish(name);
    for (const member of room.router.members.values()) {
      expect(new Set([...member.consumers.values()].map(({ ssrc }) => ssrc)).size).toBe(19);
    }
  });

  it('lets nobody send in the name of another, and counts what belongs to nobody', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c']) room.enter(id);
    room.publish('a');
    const packet = { payloadType: 111, sequenceNumber: 1, timestamp: 1, ssrc: 100, marker: false, from: 'b', frame: 0 };
    room.router.onRtp('b', packet, 0);
    room.router.onRtp('nobody', packet, 0);
    room.router.onRtp('a', { ...packet, ssrc: 5 }, 0);
    room.router.closeRoom();
    expect(room.heard).toEqual([]);
    expect(room.metrics.counts.get('voice_sfu_connection_errors_total stray-packets')).toBe(3);
  });

  it('tells consumers of a publisher that is lost, before they hear that the member is gone; the room lives (B8)', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c']) room.enter(id);
    for (const id of ['a', 'b']) room.publish(id);
    room.told.length = 0;
    room.router.leave('a', 'connection-lost');
    expect(room.events('b')).toEqual(['producer-closed', 'member-left']);
    expect(room.told[0]).toEqual(['b', { ...room.told[0]![1], type: 'producer-closed', reason: 'connection-lost' }]);
    room.talk('b', 1);
    expect(room.listeners('b', 1)).toEqual(['c']);
  });

  it('goes on for everybody else when a consumer is lost: not a packet more or less, no event but that it left (B8)', () => {
    const heardWithout = (leaves: boolean) => {
      const room = new Room();
      for (const id of ['a', 'b', 'c']) room.enter(id);
      room.publish('a');
      for (let frame = 0; frame < 20; frame++) {
        if (leaves && frame === 10) room.router.leave('c', 'connection-lost');
        room.talk('a', frame);
      }
      const events = room.events('b').filter((type) => type !== 'member-left');
      return [room.heard.filter(({ by }) => by === 'b'), events];
    };
    expect(heardWithout(true)).toEqual(heardWithout(false));
  });

  it('removes those of whom nothing has come for 30 s, and nobody else (B8)', () => {
    const room = new Room();
    for (const id of ['talks', 'reports', 'silent']) room.enter(id);
    room.publish('talks');
    room.talk('talks', 1_400);
    room.router.heard('reports', 20_000);
    expect(room.router.sweep(29_999, 30_000)).toEqual([]);
    expect(room.router.sweep(30_000, 30_000)).toEqual(['silent']);
    expect([...room.router.members.keys()]).toEqual(['talks', 'reports']);
    expect(room.events('reports').at(-1)).toBe('member-left');
  });

  it('tells of joining before tracks, and of the end of tracks before leaving, to everybody else', () => {
    const room = new Room();
    room.enter('a');
    room.enter('b');
    room.publish('b');
    room.router.leave('b', 'left');
    expect(room.events('a')).toEqual([
      'member-joined',
      'new-producer',
      'quality-update',
      'producer-closed',
      'member-left',
    ]);
    expect(room.events('b')).toEqual([]);
  });

  it('does nothing when told twice: join, publish, close, leave', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    const told = room.told.length;
    room.enter('a');
    room.publish('a');
    expect(room.router.publishers.size).toBe(1);
    expect(room.told).toHaveLength(told);
    const publisher = [...room.router.publishers.values()][0]!;
    room.router.close(publisher, 'closed');
    room.router.close(publisher, 'closed');
    room.router.leave('a', 'left');
    room.router.leave('a', 'left');
    expect(room.events('b').slice(-2)).toEqual(['producer-closed', 'member-left']);
  });

  it('refuses a track whose SSRC is in use, or that has none, or two of one layer', () => {
    const room = new Room();
    room.enter('a');
    room.publish('a');
    const publish = (...encodings: [layer: 'h' | 'm', ssrc: number][]) =>
      room.router.publish(
        'a',
        'audio',
        encodings.map(([layer, ssrc]) => ({ layer, ssrc })),
        0,
      );
    expect(() => publish(['h', 100], ['m', 7])).toThrow('in use');
    expect(() => publish()).toThrow('at least one');
    expect(() => publish(['h', 1], ['h', 2])).toThrow('of its own');
    expect(() => publish(['h', 1], ['m', 1])).toThrow('of its own');
    expect(() => room.router.publish('x', 'audio', [{ layer: 'h', ssrc: 1 }], 0)).toThrow('not in room');
  });

  it('knows which ids it has given away', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    expect(['p1', 'c2'].map((id) => room.router.wasIssued(id))).toEqual([true, true]);
    expect(['p3', 'p0', 'p01', 'x1', 'p', ''].map((id) => room.router.wasIssued(id))).toEqual(Array(6).fill(false));
  });

  it('sends nothing to who has not asked yet, and goes on by one where it stopped', () => {
    const room = new Room();
    room.enter('a');
    room.enter('b', 0, true);
    room.publish('a');
    room.talk('a', 0);
    expect(room.heard).toEqual([]);
    const consumer = room.router.members.get('b')!.consumers.get('p1')!;
    room.router.resume(consumer, 'listener');
    room.talk('a', 1);
    room.router.pause(consumer, 'listener');
    room.router.pause(consumer, 'server');
    room.talk('a', 2);
    room.router.resume(consumer, 'listener');
    room.talk('a', 3);
    room.router.resume(consumer, 'server');
    room.talk('a', 4);
    expect(room.heard.map(({ frame }) => frame)).toEqual([1, 4]);
    const [first, second] = room.heard.map(({ out }) => out);
    expect(sequenceDistance(first!.sequenceNumber, second!.sequenceNumber)).toBe(1);
    expect((second!.timestamp - first!.timestamp) >>> 0).toBe(3 * 960);
    expect(room.events('b')).toEqual([
      'new-producer',
      'quality-update',
      'consumer-resumed',
      'consumer-paused',
      'consumer-resumed',
    ]);
  });

  it('pauses video under pressure, and voices go on (D7)', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    room.router.publish('a', 'video', [{ layer: 'h', ssrc: 7 }], 0);
    room.router.setAudioOnly(true);
    const video = (frame: number) =>
      room.router.onRtp(
        'a',
        { payloadType: 96, sequenceNumber: frame, timestamp: frame * 3_000, ssrc: 7, marker: true, from: 'a', frame },
        frame * 33,
      );
    video(0);
    room.talk('a', 0);
    expect(room.layers('b', 'a')).toBe('m');
    room.enter('late');
    video(1);
    expect(room.listeners('a', 1)).toEqual([]);
    room.router.setAudioOnly(false);
    video(2);
    expect(room.listeners('a', 2)).toEqual(['b', 'late']);
    expect(room.events('b').slice(-3)).toEqual(['consumer-paused', 'member-joined', 'consumer-resumed']);
  });
});

describe('layers of a router (B7)', () => {
  const talkFor = (room: Room, from: number, frames: number, ...names: string[]) => {
    for (let frame = from; frame < from + frames; frame++) for (const name of names) room.talk(name, frame);
  };

  it('chooses by what the downlink can carry, headers counted', () => {
    for (const [availableKbps, layer] of [
      [100, 'h'],
      [80, 'm'],
      [50, 'l'],
    ] as const) {
      const room = new Room();
      for (const id of ['a', 'b']) room.enter(id);
      room.publish('a');
      talkFor(room, 0, 50, 'a');
      room.router.onDownlink('b', { atMs: 1_000, availableKbps, lossShare: 0 });
      talkFor(room, 50, 2, 'a');
      expect(room.layers('b', 'a').at(-1)).toBe(layer);
    }
  });

  it('shares the downlink among those who talk: the silent cost nothing', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c', 'd']) room.enter(id);
    for (const id of ['a', 'b', 'c']) room.publish(id);
    talkFor(room, 0, 50, 'a');
    room.router.onDownlink('d', { atMs: 1_000, availableKbps: 100, lossShare: 0 });
    talkFor(room, 50, 50, 'a', 'b');
    expect([room.layers('d', 'a').at(-1), room.layers('d', 'b').at(-1)]).toEqual(['h', 'l']);
    talkFor(room, 100, 230, 'a', 'b');
    room.router.onDownlink('d', { atMs: 6_600, availableKbps: 100, lossShare: 0 });
    talkFor(room, 330, 2, 'a', 'b');
    expect([room.layers('d', 'a').at(-1), room.layers('d', 'b').at(-1)]).toEqual(['m', 'l']);
  });

  it('gives a poor member less and nobody else', () => {
    const room = new Room();
    for (const id of ['a', 'poor', 'rich']) room.enter(id);
    room.publish('a');
    talkFor(room, 0, 50, 'a');
    room.router.onDownlink('poor', { atMs: 1_000, availableKbps: 30, lossShare: 0.3 });
    room.router.onDownlink('rich', { atMs: 1_000, availableKbps: 500, lossShare: 0 });
    talkFor(room, 50, 10, 'a');
    expect(room.layers('poor', 'a').slice(50)).toMatch(/^m?l{9,}$/);
    expect(room.layers('rich', 'a').slice(50)).toBe('h'.repeat(10));
  });

  it('starts a voice that comes later with what the downlink is known to carry', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.router.onDownlink('b', { atMs: 0, availableKbps: 1_000, lossShare: 0 });
    room.publish('a');
    room.talk('a', 0);
    expect(room.layers('b', 'a')).toBe('h');
  });

  it('never gives more than a member wants', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.router.onDownlink('b', { atMs: 0, availableKbps: 1_000, lossShare: 0 });
    room.publish('a');
    room.router.prefer(room.router.members.get('b')!.consumers.get('p1')!, 'l');
    room.talk('a', 0);
    expect(room.layers('b', 'a')).toBe('l');
  });

  it('leaves voices out that the downlink does not carry, also for one who wants the lowest layer, but not for one on standby', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c', 'd']) room.enter(id);
    for (const id of ['a', 'b', 'c']) room.publish(id);
    const consumers = [...room.router.members.get('d')!.consumers.values()];
    const left = (seconds: readonly [from: number, to: number], standby: boolean) => {
      for (const consumer of consumers) room.router.prefer(consumer, 'l', standby);
      for (let second = seconds[0]; second < seconds[1]; second++) {
        for (let frame = second * 50; frame < second * 50 + 50; frame++)
          for (const id of ['a', 'b', 'c']) room.talk(id, frame);
        const report = { atMs: second * 1_000, availableKbps: 90, capacityKbps: 90, lossShare: 0.2 };
        room.router.onDownlink('d', report);
      }
      return consumers.filter(({ paused }) => paused).length;
    };
    expect(left([0, 10], true)).toBe(0);
    // three low voices are 122 kbit/s
    expect(left([10, 20], false)).toBe(1);
  });

  it('takes what there is when a publisher sends one layer only', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a', ['h']);
    room.talk('a', 0, ['h']);
    expect(room.layers('b', 'a')).toBe('h');
  });

  it('goes over to another layer within 180 ms when the one it forwards is no longer sent, and not back for 5.5 s', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    room.router.onDownlink('b', { atMs: 0, availableKbps: 1_000, lossShare: 0 });
    for (let frame = 0; frame < 20; frame++) room.talk('a', frame);
    for (let frame = 20; frame < 40; frame++) room.talk('a', frame, ['m', 'l']);
    for (let frame = 40; frame < 60; frame++) room.talk('a', frame);
    const frames = room.heard.map(({ frame }) => frame);
    expect(Math.min(...frames.filter((frame) => frame >= 20))).toBeLessThanOrEqual(29);
    expect(room.layers('b', 'a')).toMatch(/^h{20}m{31,32}$/);
    // what has just come back may go again: it has to last
    for (let frame = 60; frame < 600; frame++) room.talk('a', frame);
    room.router.onDownlink('b', { atMs: 12_000, availableKbps: 1_000, lossShare: 0 });
    for (let frame = 600; frame < 620; frame++) room.talk('a', frame);
    expect(room.layers('b', 'a')).toMatch(/^h{20}m{571,572}h{20}$/);
  });

  it('loses no frame when the publisher says that a layer has ended', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    room.router.onDownlink('b', { atMs: 0, availableKbps: 1_000, lossShare: 0 });
    for (let frame = 0; frame < 20; frame++) room.talk('a', frame);
    for (let frame = 20; frame < 40; frame++) {
      if (frame < 24) room.router.onGoodbye('a', 100, frame * 20);
      room.talk('a', frame, ['m', 'l']);
    }
    expect(room.layers('b', 'a')).toBe('h'.repeat(20) + 'm'.repeat(20));
    expect(room.heard.map(({ frame }) => frame)).toEqual(Array.from({ length: 40 }, (_, frame) => frame));
    expect(room.told.at(-1)).toEqual(['b', { type: 'quality-update', consumerId: 'c2', layer: 'm' }]);
    room.router.onGoodbye('a', 12_345, 900);
    room.router.onGoodbye('nobody', 100, 900);
  });

  it('keeps a layer through the pauses of DTX', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    for (let frame = 0; frame < 1_000; frame++) if (frame < 100 || frame % 20 === 0) room.talk('a', frame);
    expect(room.layers('b', 'a')).toMatch(/^m{145}$/);
  });

  it('does not go to and fro when one layer takes for silence what another takes for talk', () => {
    const room = new Room();
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    room.router.onDownlink('b', { atMs: 0, availableKbps: 1_000, lossShare: 0 });
    for (let frame = 0; frame < 500; frame++) room.talk('a', frame, frame % 20 === 0 ? ['h', 'm', 'l'] : ['m', 'l']);
    expect(room.layers('b', 'a')).toMatch(/^hm+$/);
  });

  it('loses no frame, whoever switches when', () => {
    const step = fc.record({
      listener: fc.constantFrom('b', 'c'),
      frame: fc.integer({ min: 0, max: 99 }),
      kbps: fc.constantFrom(20, 80, 500),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const room = new Room();
        for (const id of ['a', 'b', 'c']) room.enter(id);
        room.publish('a');
        for (let frame = 0; frame < 100; frame++) {
          for (const { listener, frame: at, kbps } of steps) {
            if (at === frame) {
              room.router.onDownlink(listener, { atMs: frame * 1_000, availableKbps: kbps, lossShare: 0 });
            }
          }
          room.talk('a', frame);
        }
        for (const listener of ['b', 'c']) {
          const heard = room.heard.filter(({ by }) => by === listener);
          expect(heard.map(({ frame }) => frame)).toEqual(heard.map((_, index) => index));
          for (let index = 1; index < heard.length; index++) {
            const [a, b] = [heard[index - 1]!.out, heard[index]!.out];
            expect(sequenceDistance(a.sequenceNumber, b.sequenceNumber)).toBe(1);
            expect((b.timestamp - a.timestamp) >>> 0).toBe(960);
          }
          expect(heard.length).toBeGreaterThanOrEqual(99);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('uses the forwarder and the selection that it is given', () => {
    class Verbatim extends Forwarder {
      override forward(...[layer, packet, out]: Parameters<Forwarder['forward']>): boolean {
        return (
          super.forward(layer, packet, out) && Object.assign(out, { sequenceNumber: packet.sequenceNumber }) !== null
        );
      }
    }
    class Nervous extends LayerSelection {
      override update({ availableKbps }: Parameters<LayerSelection['update']>[0]) {
        this.present = layerFor(availableKbps);
        return this.present;
      }
    }
    const room = new Room({ collaborators: { Forwarder: Verbatim, LayerSelection: Nervous } });
    for (const id of ['a', 'b']) room.enter(id);
    room.publish('a');
    for (let report = 0; report < 4; report++) {
      room.router.onDownlink('b', { atMs: report, availableKbps: report % 2 === 0 ? 90 : 88, lossShare: 0 });
      for (let frame = 0; frame < 4; frame++) room.talk('a', report * 4 + frame);
    }
    expect(room.layers('b', 'a')).toMatch(/^h+m+h+m+$/);
    const numbers = room.heard.map(({ out }) => out.sequenceNumber);
    const steps = numbers.slice(1).map((number, index) => sequenceDistance(numbers[index]!, number));
    expect(steps.filter((step) => step !== 1)).toHaveLength(3);
  });
});

describe('metrics of a router (B13)', () => {
  it('counts what is forwarded and measures every 64th packet', () => {
    const room = new Room();
    for (const id of ['a', 'b', 'c']) room.enter(id);
    room.publish('a', ['h']);
    for (let frame = 0; frame < 130; frame++) room.talk('a', frame, ['h']);
    expect(room.metrics.observed.get('voice_sfu_forwarding_latency_ms')).toEqual([0, 0]);
    room.router.closeRoom();
    expect(room.metrics.counts.get('voice_sfu_packets_forwarded_total')).toBe(260);
    expect(room.router.members.size + room.router.publishers.size + room.router.consumers.size).toBe(0);
  });
});
