import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallAnswer, CallMessage } from '../../../core/call/call-protocol.js';
import { CallController } from '../../../core/client/call-controller.js';
import type { CallDisplay } from '../../../core/client/call-display.js';
import { CallService, ORG } from './call-service.js';

/** How what the service has is shown. */
const SHOWN = {
  off: 'off',
  available: 'available',
  ringing: 'ringing',
  calling: 'waiting',
  busy: 'connected',
} as const;

/** Clients and a service with a bad line between them. */
class Stage {
  readonly service = new CallService((userId, view) => this.toClient(userId, { type: 'call-view', view }));
  readonly clients = new Map<string, CallController>();
  readonly displays = new Map<string, CallDisplay[]>();
  readonly channels = new Map<string, number | null>();
  /** Versions of the views that each has followed. */
  readonly versions = new Map<string, number[]>();
  /** Calls that somebody has accepted, as `user call`, and those that were shown as ringing after that. */
  readonly accepted = new Set<string>();
  readonly flickered: string[] = [];
  private readonly up: { userId: string; message: CallMessage }[] = [];
  private readonly down: { userId: string; message: CallAnswer }[] = [];
  private timers: { callback: () => void; cancelled: boolean }[] = [];

  constructor(people: number) {
    for (let i = 1; i <= people; i++) this.add(String(i));
  }

  private add(userId: string): void {
    let unique = 0;
    this.displays.set(userId, []);
    this.versions.set(userId, []);
    const controller = new CallController({
      userId,
      clock: { nowMs: () => 0 },
      timers: {
        after: (_delayMs, callback) => {
          const timer = { callback, cancelled: false };
          this.timers.push(timer);
          return {
            cancel: () => {
              timer.cancelled = true;
            },
          };
        },
      },
      random: { unique: () => `r${++unique}`, uniform: () => 0.5 },
      send: (message) => {
        this.up.push({ userId, message });
        return true;
      },
      listener: {
        onDisplay: (display) => {
          this.displays.get(userId)!.push(display);
          const one = `${userId} ${controller.seen?.call?.callId}`;
          if (display === 'accepting') this.accepted.add(one);
          if (display === 'ringing' && this.accepted.has(one)) this.flickered.push(one);
        },
        onChannel: (channelId) => void this.channels.set(userId, channelId),
        onView: ({ version }) => void this.versions.get(userId)!.push(version),
        onRefused: () => {},
      },
    });
    this.clients.set(userId, controller);
    controller.onOnline();
  }

  private toClient(userId: string, message: CallAnswer): void {
    this.down.push({ userId, message });
  }

  /** Delivers, loses or doubles one message on its way. */
  line(to: 'service' | 'client', index: number, fate: 'deliver' | 'lose' | 'double'): void {
    const queue = to === 'service' ? this.up : this.down;
    if (queue.length === 0) return;
    const at = index % queue.length;
    const [one] = fate === 'double' ? [queue[at]!] : queue.splice(at, 1);
    if (fate === 'lose' || one === undefined) return;
    if (to === 'client') this.clients.get(one.userId)!.onMessage(one.message as CallAnswer);
    else this.serve(one.userId, one.message as CallMessage);
  }

  private serve(userId: string, message: CallMessage): void {
    const { outcome, version } = this.service.request(userId, message);
    const { requestId } = message;
    this.toClient(
      userId,
      outcome === 'done'
        ? { type: 'call-done', requestId, callId: null, version }
        : { type: 'call-refused', requestId, code: outcome, version, retryAfterMs: 0 },
    );
  }

  /** From here on nothing is lost: requests are said again, heartbeats find out who is behind. */
  settle(): void {
    for (let round = 0; round < 12; round++) {
      while (this.up.length + this.down.length > 0) {
        this.line('service', 0, 'deliver');
        this.line('client', 0, 'deliver');
      }
      for (const [userId, client] of this.clients) {
        const version = client.heartbeat();
        const view = this.service.view(userId);
        if (version !== null && version !== view.version) this.toClient(userId, { type: 'call-view', view });
      }
      const due = this.timers;
      this.timers = [];
      for (const { callback, cancelled } of due) if (!cancelled) callback();
      this.service.work();
    }
  }
}

type Act = (stage: Stage) => void;

const PEOPLE = 4;
const someone = fc.integer({ min: 1, max: PEOPLE }).map(String);
const deed = fc.constantFrom<(client: CallController) => unknown>(
  (client) => client.on(ORG),
  (client) => client.off(),
  (client) => client.offer(ORG),
  (client) => client.accept(),
  (client) => client.accept(),
  (client) => client.decline(),
  (client) => client.hangUp(),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.tuple(someone, deed).map(
    ([userId, does]): Act =>
      (stage) =>
        void does(stage.clients.get(userId)!),
  ),
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('service' as const, 'client' as const),
        fc.nat({ max: 5 }),
        fc.constantFrom('deliver' as const, 'deliver' as const, 'deliver' as const, 'lose' as const, 'double' as const),
      )
      .map(
        ([to, index, fate]): Act =>
          (stage) =>
            stage.line(to, index, fate),
      ),
  },
);

describe('what is shown of calls', () => {
  test('property: whatever is lost, doubled or overtaken, everybody is shown in the end what the service has', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const stage = new Stage(PEOPLE);
        for (const one of acts) one(stage);
        stage.settle();
        for (const [userId, client] of stage.clients) {
          const { state, org, call } = stage.service.view(userId);
          expect([userId, client.display]).toEqual([userId, SHOWN[state]]);
          expect(stage.channels.get(userId) ?? null).toBe(state === 'busy' ? call!.channelId : null);
          if (client.wantedOrg !== 0) expect(org).toBe(client.wantedOrg);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('property: of a call that rings at many, never two are shown in its voice channel besides the caller', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const stage = new Stage(PEOPLE);
        for (const one of acts) {
          one(stage);
          const inside = new Map<number, number>();
          for (const channelId of stage.channels.values())
            if (channelId !== null) inside.set(channelId, (inside.get(channelId) ?? 0) + 1);
          for (const people of inside.values()) expect(people).toBeLessThanOrEqual(2);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('property: nobody goes back to an older view, nor sees a call ring again that it has accepted', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const stage = new Stage(PEOPLE);
        for (const one of acts) one(stage);
        stage.settle();
        expect(stage.flickered).toEqual([]);
        for (const versions of stage.versions.values())
          expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  const called = () => {
    const stage = new Stage(2);
    stage.clients.get('1')!.on(ORG);
    stage.settle();
    stage.clients.get('2')!.offer(ORG);
    stage.settle();
    return { stage, staff: stage.clients.get('1')!, caller: stage.clients.get('2')! };
  };

  test('who accepts is shown as connected before the service has answered, and no flicker follows', () => {
    const { stage, staff, caller } = called();
    expect([staff.display, caller.display]).toEqual(['ringing', 'waiting']);
    staff.accept();
    expect(staff.display).toBe('accepting');
    stage.settle();
    expect(stage.displays.get('1')).toEqual(['available', 'ringing', 'accepting', 'connected']);
    expect(stage.displays.get('2')).toEqual(['offering', 'waiting', 'connected']);
    expect(stage.channels.get('1')).toBe(stage.channels.get('2'));
  });

  test('who takes back a wish before its answer is lost is off in the end', () => {
    const stage = new Stage(1);
    const staff = stage.clients.get('1')!;
    staff.on(ORG);
    staff.off();
    stage.line('service', 0, 'deliver');
    stage.line('client', 0, 'lose');
    stage.settle();
    expect([staff.display, stage.service.view('1').state]).toEqual(['off', 'off']);
  });

  test('a call that is given up before the service knows of it does not ring in the end', () => {
    const stage = new Stage(2);
    stage.clients.get('1')!.on(ORG);
    stage.settle();
    const caller = stage.clients.get('2')!;
    caller.offer(ORG);
    caller.hangUp();
    stage.line('service', 1, 'deliver'); // the word overtakes the call
    stage.settle();
    expect([caller.display, stage.clients.get('1')!.display]).toEqual(['off', 'available']);
  });

  test('an accept that comes too late is refused, and shows so without ringing again', () => {
    const { stage, staff, caller } = called();
    staff.accept();
    caller.hangUp();
    stage.line('service', 1, 'deliver');
    stage.settle();
    expect(staff.display).toBe('available');
    expect(stage.displays.get('1')!.filter((display) => display === 'ringing')).toHaveLength(1);
  });
});
