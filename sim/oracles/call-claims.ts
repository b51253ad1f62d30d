import type { Evidence } from './evidence.js';

/** What somebody was told about the outcome of a call. */
export interface CallClaim {
  readonly callId: string;
  /** Who has answered it; null: it is over without an answer, as `end` says; undefined: nobody was told whether it was answered. */
  readonly winner: string | null | undefined;
  /** How it is over; null: it is not, or only its answer is told of. */
  readonly end: string | null;
  /** Who was told. */
  readonly told: string;
  readonly atUs: number;
}

/** Ends of a call that nobody has answered. */
const UNANSWERED: ReadonlySet<string> = new Set(['missed', 'cancelled', 'failed']);

/** Tells of every call what its people are told became of it: each answer and each end once. Nothing is told where nobody calls. */
export function onCallClaims(
  evidence: Evidence,
  listener: (claim: CallClaim, earlier: readonly CallClaim[]) => void,
): void {
  if (!evidence.callPolicy) return;
  const calls = new Map<string, CallClaim[]>();
  // session/request -> call that it asks to accept
  const accepting = new Map<string, string>();

  const claim = (callId: string, told: string, winner: string | null | undefined, end: string | null): void => {
    const earlier = calls.get(callId) ?? [];
    if (earlier.some((other) => other.winner === winner && other.end === end)) return;
    const one: CallClaim = { callId, winner, end, told, atUs: evidence.nowUs };
    listener(one, earlier);
    calls.set(callId, [...earlier, one]);
  };

  evidence.onClients({
    callSaid({ sessionId }, message) {
      if (message.type === 'call-accept') accepting.set(`${sessionId}/${message.requestId}`, message.callId);
    },
    callAnswered({ userId, sessionId }, answer) {
      const request = `${sessionId}/${answer.requestId}`;
      const callId = accepting.get(request);
      if (callId === undefined) return;
      accepting.delete(request);
      if (answer.type === 'call-done') claim(callId, userId, userId, null);
    },
    callShown({ userId }, { call, last }) {
      if (call?.state === 'accepted') claim(call.callId, userId, call.answeredBy, null);
      if (last === null) return;
      if (UNANSWERED.has(last.state)) claim(last.callId, userId, null, last.state);
      // whoever has answered it has told so before
      else if (last.state === 'ended') claim(last.callId, userId, 'somebody', 'ended');
      // whoever was to decide about it has vanished
      else if (last.state === 'lost') claim(last.callId, userId, undefined, 'lost');
    },
  });
}
