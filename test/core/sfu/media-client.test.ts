import { beforeEach, describe, expect, test } from 'vitest';
import { MediaClient, type ReceivedTrack } from '../../../core/sfu/media-client.js';
import type { SfuClientMessage } from '../../../core/sfu/protocol.js';
import { Served } from './served.js';

/** A media client on a connection to a {@link Served} server, which answers at once, or not while `cut`. */
class Talkative {
  readonly heard = new Map<number, ReceivedTrack>();
  readonly leftOut = new Set<string>();
  readonly said: SfuClientMessage[] = [];
  readonly client: MediaClient;
  readonly connectionId: string;
  cut = false;
  private read = 0;

  constructor(
    private readonly served: Served,
    readonly user: number,
    ssrc = 100 * user,
    token = `call/${user}`,
  ) {
    this.connectionId = `c-${user}`;
    served.server.open(this.connectionId, served.nowMs);
    this.client = new MediaClient(
      {
        room: 'call',
        userId: `${user}`,
        sessionId: `s-${user}`,
        token,
        encodings: [
          { layer: 'h', ssrc },
          { layer: 'l', ssrc: ssrc + 1 },
        ],
        dtls: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: '0A:1B' }] },
      },
      {
        send: (message) => this.said.push(message),
        hear: (track) => this.heard.set(track.ssrc, track),
        unhear: ({ ssrc }) => this.heard.delete(ssrc),
        leftOut: ({ sessionId }, leftOut) => {
          if (leftOut) this.leftOut.add(sessionId);
          else this.leftOut.delete(sessionId);
        },
      },
    );
  }

  get talkers(): string[] {
    return [...this.heard.values()].map(({ sessionId }) => sessionId).sort();
  }

  /** Says what it has to say, and reads what has come. @returns whether there was anything */
  exchange(): boolean {
    const { served, connectionId } = this;
    const said = this.said.splice(0);
    if (!this.cut)
      for (const message of said) served.server.receive(connectionId, JSON.stringify(message), served.nowMs);
    const { sent } = served;
    let any = said.length > 0;
    for (; this.read < sent.length; this.read++) {
      const [to, message] = sent[this.read]!;
      if (to !== connectionId || this.cut) continue;
      any = true;
      this.client.receive(JSON.stringify(message), served.nowMs);
    }
    return any;
  }
}

let served: Served;
const all: Talkative[] = [];

function add(user: number, ssrc?: number, token?: string): Talkative {
  const talkative = new Talkative(served, user, ssrc, token);
  all.push(talkative);
  talkative.client.advance(served.nowMs);
  settle();
  return talkative;
}

function settle(): void {
  while (all.map((each) => each.exchange()).some(Boolean));
}

/** A second later all look at what is missing. */
function pass(ms = 1_000): void {
  served.nowMs += ms;
  for (const { client } of all) client.advance(served.nowMs);
  settle();
}

beforeEach(() => {
  served = new Served();
  all.length = 0;
});

describe('a client of the media server', () => {
  test('comes in, publishes, and receives everybody who is there or comes later', () => {
    const [a, b, c] = [add(1), add(2), add(3)];
    for (const each of [a, b, c]) {
      expect(each.client.isIn).toBe(true);
      expect(each.client.received).toBe(2);
      expect(each.client.malformed).toBe(0);
    }
    expect(a.talkers).toEqual(['s-2', 's-3']);
    expect(c.talkers).toEqual(['s-1', 's-2']);
    served.rtp('s-1', 101);
    expect(served.forwarded.map(([, to]) => to).sort()).toEqual(['s-2', 's-3']);
  });

  test('is told of who goes, and goes itself with a word', () => {
    const [a, b] = [add(1), add(2)];
    b.client.leave();
    settle();
    expect(a.talkers).toEqual([]);
    expect(b.talkers).toEqual([]);
    expect(served.server.health(served.nowMs).members).toBe(1);
    expect(served.openTransports.size).toBe(2);
  });

  test('wants no better layer than it may, also of those who come later', () => {
    const a = add(1);
    add(2);
    a.client.prefer('l', served.nowMs);
    settle();
    add(3);
    const layers = [...served.server.router('call')!.members.get('s-1')!.consumers.values()].map(
      ({ selection }) => selection.layer,
    );
    expect(layers).toEqual(['l', 'l']);
    a.client.prefer('h', served.nowMs);
    settle();
    served.nowMs += 10_000;
    served.server.router('call')!.onDownlink('s-1', { atMs: served.nowMs, availableKbps: 1_000, lossShare: 0 });
    const after = [...served.server.router('call')!.members.get('s-1')!.consumers.values()];
    expect(after.map(({ selection }) => selection.layer)).toEqual(['h', 'h']);
  });

  test('tells that it hears a track over another path, and when it does no longer; the layer alone is no reason to tell', () => {
    const a = add(1);
    add(2);
    const consumer = () => [...served.server.router('call')!.members.get('s-1')!.consumers.values()][0]!;
    a.client.prefer('l', served.nowMs, true);
    settle();
    expect([consumer().standby, consumer().selection.layer]).toEqual([true, 'l']);
    a.client.prefer('l', served.nowMs, true);
    expect(a.said).toEqual([]);
    a.client.prefer('l', served.nowMs);
    settle();
    expect([consumer().standby, consumer().selection.layer]).toEqual([false, 'l']);
  });

  test('does not wait for ever for answers: ten seconds, so that it remembers no more however long there are none', () => {
    const { client } = add(1);
    const waiting = () => (client as unknown as { asked: ReadonlyMap<string, unknown> }).asked.size;
    const room = { room: 'call', kind: 'audio' };
    const others = Array.from({ length: 20 }, (_, other) => ({
      publisherId: `p${other}`,
      consumerId: `c${other}`,
      sessionId: `s-${other + 10}`,
      userId: `${other + 10}`,
    }));
    for (const each of others) client.receive(JSON.stringify({ type: 'new-producer', ...room, ...each }), served.nowMs);
    const sizes: number[] = [];
    for (let second = 0; second < 600; second++) {
      served.nowMs += 1_000;
      client.advance(served.nowMs);
      sizes.push(waiting());
    }
    // each of them five times in ten seconds
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(80);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect(client.unanswered).toBeGreaterThanOrEqual(5_000);
    for (const { publisherId, consumerId } of others) {
      const closed = { type: 'producer-closed', room: 'call', publisherId, consumerId, reason: 'left' };
      client.receive(JSON.stringify(closed), served.nowMs);
    }
    expect(waiting()).toBe(0);
  });

  test('does not take an answer to what it has asked in another life, or too long ago', () => {
    const a = new Talkative(served, 1);
    all.push(a);
    a.client.advance(served.nowMs);
    const first = a.said[0] as { requestId: string };
    const created = JSON.stringify({ type: 'room-created', requestId: first.requestId, room: 'call' });
    a.said.length = 0;
    a.client.receive(created, served.nowMs + 10_000);
    expect([a.client.late, a.client.unanswered]).toEqual([1, 1]);
    // it goes on asking for a room
    expect(a.said.map(({ type }) => type)).toEqual(['create-room']);
    served.nowMs += 10_000;
    settle();
    expect(a.client.isIn).toBe(true);
    const refused = { type: 'refused', request: 'resume', code: 'unknown-room', reason: '', retryAfterMs: null };
    a.client.receive(JSON.stringify({ ...refused, requestId: 'resume-c9.77' }), served.nowMs);
    expect([a.client.isIn, a.client.late]).toEqual([true, 2]);
  });

  test('says again what was not answered, and is served once', () => {
    const a = add(1);
    const b = new Talkative(served, 2);
    all.push(b);
    b.cut = true;
    b.client.advance(served.nowMs);
    settle();
    for (let second = 0; second < 5; second++) pass();
    expect(b.client.isIn).toBe(false);
    b.cut = false;
    for (let second = 0; second < 4; second++) pass();
    expect(b.talkers).toEqual(['s-1']);
    expect(a.talkers).toEqual(['s-2']);
    expect(served.server.health(served.nowMs)).toMatchObject({ members: 2, publishers: 2, consumers: 2 });
  });

  test('comes in again when its room was closed, and not when another tab has its place', () => {
    const [a, b] = [add(1), add(2)];
    served.server.closeRoom('call', served.nowMs);
    settle();
    expect([a.talkers, b.talkers]).toEqual([['s-2'], ['s-1']]);
    served.server.open('c-newer', served.nowMs);
    served.join('c-newer', 1);
    settle();
    pass();
    expect(a.client.isIn).toBe(false);
    expect(a.talkers).toEqual([]);
    expect(served.server.health(served.nowMs).members).toBe(2);
  });

  test('gives up what is refused for good, and asks again for what is refused for a time', () => {
    const stranger = add(1, 100, 'wrong');
    expect(stranger.client.refusal).toBe('unauthorized');
    const asked = served.sent.length;
    pass(60_000);
    expect(stranger.client.isIn).toBe(false);
    expect(served.sent.length).toBe(asked);
    served.transportsFail = true;
    const b = add(2);
    expect(b.client.received).toBe(0);
    expect(b.client.refusal).toBe(null);
    served.transportsFail = false;
    add(3);
    for (let second = 0; second < 8; second++) pass();
    expect(b.talkers).toEqual(['s-3']);
  });

  test('keeps to the rate that a server takes, and has all sixty of a large room in the end', () => {
    served = new Served({ limits: { membersPerRoom: 100 } });
    for (let user = 1; user <= 60; user++) {
      const connectionId = served.enter(user);
      served.produce(connectionId, 1_000 + user);
    }
    const late = add(61, 50_000);
    expect(late.client.received).toBeLessThan(60);
    pass();
    pass();
    expect(late.client.received).toBe(60);
    expect(late.client.refusal).toBe(null);
    expect(served.types('c-61')).not.toContain('refused');
  });

  test('counts what is no message, and goes on', () => {
    const a = add(1);
    for (const text of ['', '{', 'null', '{"type":"joined"}', '[]', '{"type":"consuming","room":"call"}'])
      a.client.receive(text, served.nowMs);
    expect(a.client.malformed).toBe(6);
    add(2);
    expect(a.talkers).toEqual(['s-2']);
  });
});
