import { type Measured, rateOf } from '../scenario/index.js';
import type { World } from './world.js';

/** A call that has lasted for so long without both having heard each other has not been connected. */
const CONNECTED_WITHIN_US = 5_000_000;

interface Talk {
  readonly callId: string;
  readonly sinceUs: number;
  readonly heard: Set<string>;
}

/** Measures calls (E6): what the service counts, and from outside whether those who were brought together hear each other. */
export class CallMeasurements {
  private readonly talks = new Map<number, Talk>();
  private readonly channelOf = new Map<string, number>();
  private connected = 0;
  private unconnected = 0;

  constructor(private readonly world: World) {
    const { events, sim } = world;
    events.listen({
      callShown: ({ sessionId }, { call }) => {
        const before = this.channelOf.get(sessionId);
        const channelId = call?.state === 'accepted' ? call.channelId : undefined;
        if (before === channelId) return;
        if (before !== undefined) this.over(sessionId, before);
        if (call === null || channelId === undefined) return;
        this.channelOf.set(sessionId, channelId);
        if (this.talks.get(channelId)?.callId !== call.callId)
          this.talks.set(channelId, { callId: call.callId, sinceUs: sim.nowUs, heard: new Set() });
      },
      tabClosed: ({ sessionId }) => {
        const channelId = this.channelOf.get(sessionId);
        if (channelId !== undefined) this.over(sessionId, channelId);
      },
      firstHeard: ({ userId }, _talker, channelId) => void this.talks.get(channelId)?.heard.add(userId),
    });
  }

  /** One of the two is out: the call is judged. */
  private over(sessionId: string, channelId: number): void {
    this.channelOf.delete(sessionId);
    const talk = this.talks.get(channelId);
    if (talk === undefined) return;
    this.talks.delete(channelId);
    this.judge(talk);
  }

  private judge({ heard, sinceUs }: Talk): void {
    if (heard.size > 1) this.connected++;
    else if (this.world.sim.nowUs - sinceUs >= CONNECTED_WITHIN_US) this.unconnected++;
  }

  /** Call once, at the end. */
  all(): [name: string, measured: Measured][] {
    for (const talk of this.talks.values()) this.judge(talk);
    const { recorder } = this.world;
    const over = (state: string, reason: string) => recorder.total('voice_calls_over_total', { state, reason });
    const offered = recorder.total('voice_calls_offered_total');
    const accepted = recorder.total('voice_calls_accepted_total');
    const blocked = over('missed', 'nobody-free');
    const missed = blocked + over('missed', 'no-answer');
    const cancelled = over('cancelled', 'cancelled');
    const failed = over('failed', 'caller-lost') + over('lost', 'keeper-lost');
    const counter = (value: number): Measured => ({ kind: 'counter', value });
    return [
      ['calls_offered', counter(offered)],
      ['calls_accepted', counter(accepted)],
      ['calls_accepted_offline', counter(recorder.total('voice_calls_accepted_offline_total'))],
      ['calls_missed', counter(missed)],
      ['calls_cancelled', counter(cancelled)],
      ['calls_failed', counter(failed)],
      ['calls_dropped', counter(over('ended', 'staff-lost') + over('ended', 'caller-lost'))],
      ['call_success_rate', rateOf(accepted, accepted + missed + cancelled + failed)],
      ['call_blocked_rate', rateOf(blocked, offered)],
      ['call_connection_rate', rateOf(this.connected, this.connected + this.unconnected)],
      ['call_answer_ms', recorder.samples('voice_call_answer_ms')],
    ];
  }
}
