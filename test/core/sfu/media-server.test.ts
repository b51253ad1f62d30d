import { describe, expect, it } from 'vitest';
import { dtls, Served } from './served.js';

const code = (answer: Record<string, unknown>) => answer.code ?? answer.type;

describe('the nine operations of the media server (D2)', () => {
  it('lead from a room to a voice that is heard', () => {
    const served = new Served();
    served.server.open('a', 0);
    served.server.open('b', 0);
    expect(served.createRoom('a', 1)).toMatchObject({ type: 'room-created', room: 'call' });
    expect(served.join('a', 1)).toMatchObject({ type: 'joined', members: [], tracks: [], audioOnly: false });
    expect(served.join('b', 2)).toMatchObject({ members: [{ sessionId: 's-1', userId: '1', name: null }] });
    const created = served.ask('a', 'create-transport', { direction: 'send' });
    expect(created).toMatchObject({ type: 'transport-created', parameters: { ice: { ufrag: 'send' } } });
    const { transportId } = created;
    expect(served.ask('a', 'connect-transport', { transportId, dtls })).toMatchObject({ type: 'transport-connected' });
    const encodings = [{ layer: 'h', ssrc: 7 }];
    const produced = served.ask('a', 'produce', { transportId, kind: 'audio', encodings });
    expect(produced).toMatchObject({ type: 'produced' });
    const { publisherId } = produced;
    const receiving = served.transport('b', 'receive');
    const consuming = served.ask('b', 'consume', { transportId: receiving, publisherId });
    expect(consuming).toMatchObject({ type: 'consuming', publisherId, sessionId: 's-1', userId: '1', paused: true });
    served.rtp('s-1', 7, 1);
    expect(served.forwarded).toEqual([]);
    expect(served.ask('b', 'resume', { consumerId: consuming.consumerId })).toMatchObject({ type: 'resumed' });
    served.rtp('s-1', 7, 2);
    expect(served.forwarded).toEqual([['call', 's-2']]);
    expect(served.ask('a', 'close-producer', { publisherId })).toMatchObject({ type: 'closed', publisherId });
    served.rtp('s-1', 7, 3);
    expect(served.forwarded).toHaveLength(1);
    expect(served.ask('a', 'leave')).toMatchObject({ type: 'left' });
    expect(served.types('b').slice(-2)).toEqual(['producer-closed', 'member-left']);
  });

  it('do the same when they are said twice', () => {
    const served = new Served();
    const a = served.enter(1);
    served.enter(2);
    expect(served.createRoom(a, 1)).toMatchObject({ type: 'room-created' });
    const publisherId = served.produce(a);
    expect(served.produce(a)).toBe(publisherId);
    expect(served.openTransports.size).toBe(1);
    const told = served.types('c-2').length;
    expect(served.join(a, 1)).toMatchObject({ type: 'joined', published: [publisherId] });
    expect(served.types('c-2')).toHaveLength(told);
    for (let time = 0; time < 2; time++) {
      expect(served.ask(a, 'close-producer', { publisherId })).toMatchObject({ type: 'closed' });
    }
    for (let time = 0; time < 2; time++) expect(served.ask(a, 'leave')).toMatchObject({ type: 'left' });
  });

  it('tell a late joiner all tracks in the answer, not before it', () => {
    const served = new Served();
    const publisherId = served.produce(served.enter(1));
    served.server.open('late', 0);
    expect(served.join('late', 2)).toMatchObject({ tracks: [{ publisherId, sessionId: 's-1' }] });
    expect(served.types('late')).toEqual(['joined']);
  });

  it('refuse what has not been authenticated', () => {
    const served = new Served();
    served.server.open('a', 0);
    const wrong = { userId: '1', token: 'call/2' };
    expect(code(served.ask('a', 'create-room', wrong))).toBe('unauthorized');
    served.createRoom('a', 1);
    expect(code(served.ask('a', 'join', { ...wrong, sessionId: 's-1' }))).toBe('unauthorized');
    expect(
      code(served.ask('a', 'produce', { transportId: 't', kind: 'audio', encodings: [{ layer: 'h', ssrc: 1 }] })),
    ).toBe('not-joined');
    expect(served.metrics.counts.get('voice_sfu_connection_errors_total unauthorized')).toBe(2);
  });

  it('refuse what belongs to others, what never was, and what has ended, each with a code of its own', () => {
    const served = new Served();
    const [a, b, c] = [served.enter(1), served.enter(2), served.enter(3)];
    const publisherId = served.produce(a);
    const transportId = served.transport(b, 'receive');
    const { consumerId } = served.ask(b, 'consume', { transportId, publisherId });
    expect(code(served.ask(b, 'close-producer', { publisherId }))).toBe('unauthorized');
    expect(code(served.ask(c, 'resume', { consumerId }))).toBe('unauthorized');
    expect(code(served.ask(c, 'consume', { transportId, publisherId }))).toBe('unknown-transport');
    expect(code(served.ask(a, 'consume', { transportId: served.transport(a, 'receive'), publisherId }))).toBe(
      'invalid',
    );
    expect(code(served.ask(b, 'consume', { transportId, publisherId: 'p99' }))).toBe('unknown-publisher');
    expect(code(served.ask(b, 'close-producer', { publisherId: 'p99' }))).toBe('unknown-publisher');
    expect(code(served.ask(b, 'resume', { consumerId: 'c99' }))).toBe('unknown-consumer');
    served.ask(a, 'leave');
    expect(code(served.ask(b, 'consume', { transportId, publisherId }))).toBe('gone');
    expect(code(served.ask(b, 'resume', { consumerId }))).toBe('gone');
    expect(served.metrics.counts.get('voice_sfu_requests_total resume gone')).toBe(1);
  });

  it('ask for a connected transport of the right direction', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    const publisherId = served.produce(a);
    const { transportId } = served.ask(b, 'create-transport', { direction: 'receive' });
    const { consumerId } = served.ask(b, 'consume', { transportId, publisherId });
    expect(code(served.ask(b, 'resume', { consumerId }))).toBe('not-connected');
    const encodings = [{ layer: 'h', ssrc: 1 }];
    expect(code(served.ask(b, 'produce', { transportId, kind: 'audio', encodings }))).toBe('invalid');
    const sending = served.ask(b, 'create-transport', { direction: 'send' }).transportId;
    expect(code(served.ask(b, 'produce', { transportId: sending, kind: 'audio', encodings }))).toBe('not-connected');
  });
});

describe('signalling by offer and answer (B2)', () => {
  it('publishes, subscribes and says when the track is there', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    const answer = served.say(a, { type: 'publish-offer', room: 'call', sdp: 'offer 7' });
    expect(answer).toMatchObject({ type: 'publish-answer', sdp: 'answer s-1' });
    expect(served.say(a, { type: 'publish-candidate', room: 'call', candidate: 'candidate:1' })).toBeNull();
    const { publisherId } = answer as { publisherId: string };
    const offer = served.say(b, { type: 'subscribe', room: 'call', publisherId });
    expect(offer).toMatchObject({ type: 'consume-offer', publisherId });
    const { consumerId } = offer as { consumerId: string };
    served.rtp('s-1', 7, 1);
    expect(served.forwarded).toEqual([]);
    const ended = { type: 'consume-answer', room: 'call', consumerId, sdp: 'answer' };
    expect(served.say(b, ended)).toMatchObject({ type: 'track-added', consumerId, publisherId });
    expect(served.say(b, ended)).toBeNull();
    expect(served.say(b, { type: 'consume-candidate', room: 'call', consumerId, candidate: '' })).toBeNull();
    served.rtp('s-1', 7, 2);
    expect(served.forwarded).toEqual([['call', 's-2']]);
    served.ask(a, 'leave');
    expect(served.types(b).slice(-3)).toEqual(['track-removed', 'producer-closed', 'member-left']);
  });

  it('takes the quality that a listener wants, and its estimate of its downlink', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    const transportId = served.transport(a, 'send');
    const encodings = [
      { layer: 'h', ssrc: 1 },
      { layer: 'm', ssrc: 2 },
      { layer: 'l', ssrc: 3 },
    ];
    const { publisherId } = served.ask(a, 'produce', { transportId, kind: 'audio', encodings });
    served.transport(b, 'receive');
    const consumer = served.server
      .router('call')!
      .members.get('s-2')!
      .consumers.get(publisherId as string)!;
    served.ask(b, 'resume', { consumerId: consumer.id });
    const last = () => served.sent.filter(([to]) => to === b).at(-1)![1];
    served.say(b, { type: 'bandwidth-update', room: 'call', availableKbps: 500, lossShare: 0 });
    expect(last()).toMatchObject({ type: 'quality-update', layer: 'h' });
    served.say(b, { type: 'quality-update', room: 'call', consumerId: consumer.id, layer: 'l' });
    expect(last()).toMatchObject({ type: 'quality-update', layer: 'l' });
    served.say(b, { type: 'quality-update', room: 'call', consumerId: consumer.id, layer: 'off' });
    expect(last()).toMatchObject({ type: 'consumer-paused', cause: 'listener' });
    served.ask(b, 'resume', { consumerId: consumer.id });
    expect(served.types(b).slice(-2)).toEqual(['consumer-resumed', 'resumed']);
    served.say(b, { type: 'quality-update', room: 'call', consumerId: consumer.id, layer: 'auto' });
    expect(last()).toMatchObject({ type: 'quality-update', layer: 'h' });
    served.server.uplinkEstimated('call', 's-2', 48);
    expect(last()).toEqual({ type: 'bandwidth-update', room: 'call', availableKbps: 48 });
  });

  it('refuses malformed SDP and candidates, and goes on', () => {
    const served = new Served();
    const a = served.enter(1);
    for (const message of [
      { type: 'publish-offer', room: 'call', sdp: 'v=nonsense' },
      { type: 'publish-candidate', room: 'call', candidate: 'bad' },
      { type: 'publish-offer', room: 'call', sdp: 'x'.repeat(20_001) },
    ]) {
      expect(served.say(a, message)).toMatchObject({ type: 'refused', code: 'invalid', retryAfterMs: null });
    }
    expect(served.say(a, { type: 'publish-offer', room: 'call', sdp: 'offer 1' })).toMatchObject({
      type: 'publish-answer',
    });
  });
});

describe('limits (B9, D5)', () => {
  it('are 100 messages a second for each connection', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    served.nowMs = 5_000;
    const answers = Array.from({ length: 101 }, () => code(served.createRoom(a, 1)));
    expect(answers.slice(0, 100)).toEqual(Array(100).fill('room-created'));
    expect(answers[100]).toBe('rate-limited');
    expect(code(served.createRoom(b, 2))).toBe('room-created');
    served.nowMs = 6_000;
    expect(code(served.createRoom(a, 1))).toBe('room-created');
  });

  it('are 5 rooms for each user', () => {
    const served = new Served();
    const a = served.enter(1, 'room-1');
    for (const room of ['room-2', 'room-3', 'room-4', 'room-5', 'room-6']) served.createRoom(a, 1, room);
    const joined = ['room-2', 'room-3', 'room-4', 'room-5', 'room-6'].map((room) => code(served.join(a, 1, room)));
    expect(joined).toEqual(['joined', 'joined', 'joined', 'joined', 'too-many-rooms']);
    served.ask(a, 'leave', {}, 'room-1');
    expect(code(served.join(a, 1, 'room-6'))).toBe('joined');
  });

  it('are room ids of at most 100 letters, digits or -', () => {
    const served = new Served();
    served.server.open('a', 0);
    const answer = (room: string) => code(served.createRoom('a', 1, room));
    expect(['a', 'A-9', 'x'.repeat(100)].map(answer)).toEqual(Array(3).fill('room-created'));
    expect(['', 'x'.repeat(101), 'a b', 'a_b', 'ä', '<b>', 'a/b'].map(answer)).toEqual(Array(7).fill('invalid'));
  });

  it('are 50 members in a call, 10 calls, 4 tracks of a session', () => {
    const served = new Served();
    for (let user = 1; user <= 50; user++) served.enter(user);
    served.server.open('x', 0);
    expect(served.join('x', 51)).toMatchObject({ code: 'room-full', retryAfterMs: 10_000 });
    expect(served.join('c-1', 1)).toMatchObject({ type: 'joined' });
    for (let room = 2; room <= 10; room++)
      expect(code(served.createRoom('x', 51, `call-${room}`))).toBe('room-created');
    expect(code(served.createRoom('x', 51, 'call-11'))).toBe('server-full');
    const tracks = [1, 2, 3, 4].map((ssrc) => served.produce('c-1', ssrc));
    expect(new Set(tracks).size).toBe(4);
    expect(served.produce('c-1', 5)).toBeUndefined();
    expect(served.produce('c-1', 4)).toBe(tracks[3]);
  });

  it('are a number of connections, beyond which the host is told to close', () => {
    const served = new Served({ limits: { connections: 1 } });
    expect(served.server.open('a', 0)).toBe(true);
    expect(served.server.open('b', 0)).toBe(false);
    served.server.receive('b', '{}', 0);
    expect(served.sent).toEqual([]);
  });

  it('keep markup out of names, and take names that people have', () => {
    const served = new Served();
    const a = served.enter(1);
    const join = (name: string, user: number) => {
      served.server.open(`n-${user}`, 0);
      return served.ask(`n-${user}`, 'join', {
        userId: `${user}`,
        sessionId: `n-${user}`,
        token: `call/${user}`,
        name,
      });
    };
    expect(code(join('<script>', 2))).toBe('invalid');
    expect(code(join('Zoë Ünal', 3))).toBe('joined');
    expect(served.join(a, 1)).toMatchObject({ members: [{ name: 'Zoë Ünal' }] });
  });
});

describe('failures (B8, D7)', () => {
  it('a full server refuses what is new and keeps what it has, reconnections included', () => {
    const served = new Served();
    const a = served.enter(1);
    served.enter(2);
    const publisherId = served.produce(a);
    served.resources = { cpuShare: 0.2, memoryShare: 0.95 };
    served.server.open('x', 0);
    expect(code(served.join('x', 3))).toBe('server-full');
    expect(code(served.createRoom('x', 3, 'other'))).toBe('server-full');
    expect(served.server.health(0).status).toBe('full');
    served.server.open('again', 0);
    expect(served.join('again', 1)).toMatchObject({ type: 'joined', published: [publisherId] });
    served.resources = { cpuShare: 0.2, memoryShare: 0.5 };
    expect(code(served.join('x', 3))).toBe('joined');
  });

  it('a session goes on over its new connection, and the end of the old one takes nobody along', () => {
    const served = new Served();
    const a = served.enter(1);
    served.enter(2);
    served.server.open('new', 0);
    expect(served.join('new', 1)).toMatchObject({ type: 'joined' });
    expect(served.sent.at(-2)).toEqual([a, { type: 'removed', room: 'call', reason: 'replaced' }]);
    served.server.closed(a, 10);
    expect(served.server.router('call')!.members.has('s-1')).toBe(true);
    expect(served.join(a, 1)).toBeNull();
  });

  it('a late join of an older connection does not throw the newer one out', () => {
    const served = new Served();
    served.server.open('old', 0);
    served.server.open('new', 0);
    served.createRoom('new', 1);
    served.join('new', 1);
    expect(code(served.join('old', 1))).toBe('gone');
    expect(code(served.ask('new', 'create-transport', { direction: 'send' }))).toBe('transport-created');
  });

  it('nobody takes over a session of another user', () => {
    const served = new Served();
    served.enter(1);
    served.server.open('b', 0);
    expect(code(served.join('b', 2, 'call', 's-1'))).toBe('unauthorized');
  });

  it('a lost connection ends the sessions that it spoke for, their tracks and transports; the last one ends the room', () => {
    const served = new Served();
    const a = served.enter(1);
    const b = served.enter(2);
    served.produce(a);
    served.server.closed(a, 60_000);
    expect(served.types(b).slice(-2)).toEqual(['producer-closed', 'member-left']);
    expect(served.openTransports.size).toBe(0);
    expect(served.metrics.observed.get('voice_sfu_connection_duration_ms')).toEqual([60_000]);
    expect(served.metrics.counts.get('voice_sfu_connection_errors_total connection-lost')).toBe(1);
    served.server.closed(b, 60_000);
    expect(served.server.router('call')).toBeUndefined();
    expect(served.server.health(0)).toMatchObject({
      rooms: 0,
      members: 0,
      publishers: 0,
      consumers: 0,
      connections: 0,
    });
  });

  it('removes who has been silent for 30 s, closes idle connections, and rooms that nobody enters', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    served.server.open('idle', 0);
    served.createRoom('idle', 3, 'empty');
    served.produce(a);
    served.nowMs = 20_000;
    served.rtp('s-1', 7);
    served.server.sweep(29_999);
    expect(served.closed).toEqual([]);
    served.server.sweep(30_000);
    expect(served.types(b).at(-1)).toBe('removed');
    expect(served.closed).toEqual([b, 'idle']);
    expect([served.server.router('call')!.members.size, served.server.router('empty')]).toEqual([1, undefined]);
  });

  it('refuses at once while transports keep failing, and tries one again after 10 s', () => {
    const served = new Served();
    const a = served.enter(1);
    served.transportsFail = true;
    const attempt = () => served.ask(a, 'create-transport', { direction: 'send' });
    for (let time = 0; time < 5; time++) expect(attempt()).toMatchObject({ code: 'unavailable', retryAfterMs: 5_000 });
    expect(served.server.health(0).transports).toBe('open');
    const logged = served.logged.length;
    expect(code(attempt())).toBe('unavailable');
    expect(served.logged).toHaveLength(logged);
    served.transportsFail = false;
    served.nowMs = 10_000;
    expect(code(attempt())).toBe('transport-created');
    expect(served.server.health(10_000).transports).toBe('closed');
  });

  it('takes no video under pressure, pauses what there is, and takes it back when load is low again (D7)', () => {
    const served = new Served();
    const [a, b] = [served.enter(1), served.enter(2)];
    const transportId = served.transport(a, 'send');
    const video = (ssrc: number) =>
      served.ask(a, 'produce', { transportId, kind: 'video', encodings: [{ layer: 'h', ssrc }] });
    const { publisherId } = video(50);
    served.transport(b, 'receive');
    const consumerId = served.server
      .router('call')!
      .members.get('s-2')!
      .consumers.get(publisherId as string)!.id;
    served.ask(b, 'resume', { consumerId });
    served.resources = { cpuShare: 0.8, memoryShare: 0.1 };
    served.server.sweep(1_000);
    expect(served.types(b).at(-1)).toBe('consumer-paused');
    expect(served.server.health(0).status).toBe('audio-only');
    expect(code(video(51))).toBe('audio-only');
    expect(code(video(50))).toBe('produced');
    expect(served.produce(a, 60)).toMatch(/^p/);
    served.resources = { cpuShare: 0.75, memoryShare: 0.1 };
    served.server.sweep(2_000);
    expect(served.server.health(0).status).toBe('audio-only');
    served.resources = { cpuShare: 0.69, memoryShare: 0.1 };
    served.server.sweep(3_000);
    expect(served.types(b).at(-1)).toBe('consumer-resumed');
    expect(code(video(51))).toBe('produced');
  });
});
