import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sfuClientMessage } from '../../../core/sfu/protocol.js';
import { good } from './good-messages.js';
import { Served } from './served.js';

const types = good.map(({ type }) => type);
const rooms = ['call', 'other'];
const connections = ['c-1', 'c-2', 'c-3'];

/** What is no message, or almost one. */
const nonsense = fc.oneof(
  fc.anything({ maxDepth: 3 }),
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 50 }),
  fc.record({ type: fc.constantFrom(...types), room: fc.anything() }),
  fc
    .tuple(
      fc.constantFrom(...good),
      fc.constantFrom('room', 'requestId', 'sdp', 'encodings', 'type', 'dtls'),
      fc.anything(),
    )
    .map(([message, field, value]) => ({ ...message, [field]: value })),
);

/** What needs something that others have to do first. */
const rarelyDone = /^(consume|consume-candidate|quality-update|close-producer|resume)$/;

/** A message of the protocol whose ids are chosen when it is sent. */
const request = fc.record({
  message: fc.constantFrom<Record<string, unknown>>(...good, ...good.filter(({ type }) => rarelyDone.test(type))),
  room: fc.constantFrom('call', 'call', 'call', 'call', 'call', 'call', 'other', 'steady'),
  user: fc.integer({ min: 1, max: 3 }),
  pick: fc.nat({ max: 1_000 }),
  text: fc.boolean(),
});

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;
type Step =
  | { readonly kind: 'nonsense'; readonly value: unknown }
  | { readonly kind: 'request'; readonly value: Request }
  | { readonly kind: 'rtp'; readonly value: number }
  | { readonly kind: 'reconnect' | 'sweep' | 'flood'; readonly value?: undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: nonsense.map((value) => ({ kind: 'nonsense' as const, value })) },
  { weight: 20, arbitrary: request.map((value) => ({ kind: 'request' as const, value })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }).map((value) => ({ kind: 'rtp' as const, value })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('reconnect' as const, 'sweep' as const, 'flood' as const).map((kind) => ({ kind })),
  },
);

/** A server with a steady room that nobody disturbs, and three clients that do whatever comes. */
class Siege {
  readonly served = new Served({ limits: { messagesPerSecond: 20 } });
  /** Connection id -> transports that it was given. */
  private readonly transports = new Map(connections.map((id): [string, string[]] => [id, []]));
  private sent = 0;

  constructor() {
    const { served } = this;
    served.enter(101, 'steady');
    served.enter(102, 'steady');
    served.say('c-101', { type: 'publish-offer', room: 'steady', sdp: 'offer 9' });
    const { consumers } = served.server.router('steady')!;
    const consumerId = [...consumers.keys()][0];
    served.say('c-102', { type: 'consume-answer', room: 'steady', consumerId, sdp: 'answer' });
    for (const connectionId of connections) this.enter(connectionId);
  }

  take(connectionId: string, { kind, value }: Step): void {
    const { served } = this;
    served.nowMs += 40;
    if (kind === 'nonsense') this.nonsense(connectionId, value);
    else if (kind === 'request') this.request(connectionId, value);
    else if (kind === 'rtp') for (const user of [1, 2, 3]) served.rtp(`s-${user}`, value, this.sent);
    else if (kind === 'reconnect') {
      served.server.closed(connectionId, served.nowMs);
      this.enter(connectionId);
    } else if (kind === 'flood') {
      const answers = Array.from({ length: 30 }, () => served.say(connectionId, '{}'));
      expect(answers.at(-1)).toMatchObject({ type: 'refused', code: 'rate-limited' });
    } else this.sweep();
  }

  /** Each publisher has one consumer at each other member of its room, and nothing is left of what has gone. */
  expectWhole(): void {
    for (const room of [...rooms, 'steady']) {
      const router = this.served.server.router(room);
      if (router === undefined) continue;
      const members = [...router.members.keys()];
      const pairs = [...router.publishers.values()].flatMap(({ id, sessionId }) =>
        members.filter((member) => member !== sessionId).map((member) => `${id}>${member}`),
      );
      const consumers = [...router.consumers.values()].map(
        ({ publisher, sessionId }) => `${publisher.id}>${sessionId}`,
      );
      expect(consumers.sort()).toEqual(pairs.sort());
      for (const { sessionId } of router.publishers.values()) expect(members).toContain(sessionId);
    }
  }

  expectSteady(): void {
    const { served } = this;
    served.forwarded.length = 0;
    served.rtp('s-101', 9, 500, 'steady');
    expect(served.forwarded).toContainEqual(['steady', 's-102']);
  }

  /** A client comes (again), with both transports connected. */
  private enter(connectionId: string): void {
    this.served.enter(Number(connectionId.slice(2)));
    const both = ['send', 'receive'] as const;
    this.transports.set(
      connectionId,
      both.map((direction) => this.served.transport(connectionId, direction)),
    );
  }

  private answersTo(connectionId: string, raw: unknown) {
    const { served } = this;
    const before = served.sent.length;
    served.server.receive(connectionId, raw, served.nowMs);
    return served.sent.slice(before).flatMap(([to, message]) => (to === connectionId ? [message] : []));
  }

  private nonsense(connectionId: string, value: unknown): void {
    const answers = this.answersTo(connectionId, value);
    if (typeof value === 'string' || sfuClientMessage.safeParse(value).success) return;
    expect(answers.map(({ type }) => type)).toEqual(['refused']);
  }

  private request(connectionId: string, { message, room, user, pick, text }: Request): void {
    const { served } = this;
    const transports = this.transports.get(connectionId) as string[];
    const requestId = `r${++this.sent}`;
    const router = served.server.router(room);
    const consumers = [...(router?.members.get(connectionId.replace('c', 's'))?.consumers.values() ?? [])];
    const own = consumers.map(({ id }) => id);
    const others = consumers.map(({ publisher }) => publisher.id);
    const one = (ids: readonly string[]) => ids[pick % ids.length];
    const chosen: Record<string, unknown> = {
      room,
      requestId,
      userId: `${user}`,
      token: `${room}/${user}`,
      sessionId: `s-${user}`,
      transportId: one([...transports.slice(-2), 't']),
      publisherId: one([...others, ...others, ...others, ...(router?.publishers.keys() ?? []), 'p1', 'p999']),
      consumerId: one([...own, ...own, ...own, ...(router?.consumers.keys() ?? []), 'c2', 'c999']),
      sdp: pick % 4 === 0 ? 'v=' : `offer ${1 + (pick % 12)}`,
      encodings: [{ layer: 'm', ssrc: 1 + (pick % 12) }],
      direction: pick % 2 === 0 ? 'send' : 'receive',
    };
    if (message.type === 'consume' && pick % 5 !== 0) chosen.transportId = transports.at(-1);
    if (message.type === 'consume-answer' && pick % 4 !== 0) chosen.sdp = 'answer';
    const concrete = Object.fromEntries(Object.entries(message).map(([key, value]) => [key, chosen[key] ?? value]));
    const answers = this.answersTo(connectionId, text ? JSON.stringify(concrete) : concrete);
    const limited = answers.some((each) => each.type === 'refused' && each.code === 'rate-limited');
    const mine = answers.filter((each) => 'requestId' in each && each.requestId === requestId);
    if ('requestId' in message) expect(mine).toHaveLength(limited ? 0 : 1);
    for (const each of answers) if (each.type === 'transport-created') transports.push(each.transportId);
  }

  private sweep(): void {
    const { served } = this;
    served.nowMs += 10_000;
    for (const sessionId of ['s-101', 's-102']) served.server.router('steady')?.heard(sessionId, served.nowMs);
    served.server.sweep(served.nowMs);
    for (const connectionId of served.closed.splice(0)) this.enter(connectionId);
  }
}

describe('whatever clients say', () => {
  it('is answered once or refused with a code, never with an exception, and the rooms go on', () => {
    const done = new Set<string>();
    const refused = new Set<string>();
    const steps = fc.array(fc.tuple(fc.constantFrom(...connections), step), {
      minLength: 40,
      maxLength: 120,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (all) => {
        const siege = new Siege();
        for (const [connectionId, each] of all) {
          siege.take(connectionId, each);
          siege.expectWhole();
        }
        siege.expectSteady();
        const { served } = siege;
        expect(served.logged).toEqual([]);
        for (const connectionId of connections) served.server.closed(connectionId, served.nowMs);
        expect([served.server.health(0).members, served.openTransports.size]).toEqual([2, 0]);
        for (const key of served.metrics.counts.keys()) {
          const [, type, outcome] = /^voice_sfu_requests_total (\S+) (\S+)$/.exec(key) ?? [];
          if (outcome === 'done') done.add(type as string);
          else if (outcome !== undefined) refused.add(outcome);
        }
      }),
      { numRuns: 40 },
    );
    // the clients of this test get somewhere, and are refused for many reasons
    expect([...done].sort()).toEqual([...types].sort());
    expect([...refused]).toEqual(
      expect.arrayContaining(['invalid', 'rate-limited', 'unauthorized', 'not-joined', 'gone']),
    );
  });
});
