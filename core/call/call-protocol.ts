import { z } from 'zod';
import type { CallState } from './call-machine.js';
import type { PersonState } from './person-machine.js';

const requestId = z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'must be 1 to 100 letters, digits or any of _ . : -');
/** The caller and what it has called its request. */
const callId = z.string().regex(/^[1-9]\d{0,8}\.[A-Za-z0-9_.:-]{1,100}$/, 'is no id of a call');
const org = z.int().min(1).max(1_000_000);

/** What a client says about calls. Every request is idempotent: it may be said again until its answer comes. */
export const callMessageSchema = z.discriminatedUnion('type', [
  /** Takes calls of an organisation from now on. */
  z.strictObject({ type: z.literal('call-on'), requestId, org }),
  /** Takes no more calls. */
  z.strictObject({ type: z.literal('call-off'), requestId }),
  /** Calls an organisation. Said again with the same `requestId`, it is the same call. */
  z.strictObject({ type: z.literal('call-offer'), requestId, org }),
  z.strictObject({ type: z.literal('call-accept'), requestId, callId }),
  z.strictObject({ type: z.literal('call-decline'), requestId, callId }),
  /** The caller gives up, or one of the two ends the call. */
  z.strictObject({ type: z.literal('call-hang-up'), requestId, callId }),
]);

export type CallMessage = z.output<typeof callMessageSchema>;

/** A call, as one of those with a part in it sees it. */
export interface CallView {
  readonly callId: string;
  readonly state: CallState;
  readonly org: number;
  readonly caller: string;
  readonly answeredBy: string;
  /** Voice channel of the two once it is accepted, else 0. */
  readonly channelId: number;
}

/** What became of the last call of a person. */
export interface LastCall {
  readonly callId: string;
  /** `taken`: somebody else has answered; `declined`: this person will not be asked again; else how the call ended. */
  readonly state: CallState | 'taken' | 'declined';
  readonly reason: string;
}

/** Everything about calls that one person is shown. Level-triggered: the newest version counts, whatever was missed. */
export interface PersonView {
  readonly version: number;
  readonly state: PersonState;
  readonly org: number;
  readonly call: CallView | null;
  readonly last: LastCall | null;
}

export type CallRefusal =
  | 'invalid'
  | 'gone'
  | 'taken'
  | 'not-ringing'
  | 'busy'
  | 'elsewhere'
  /** Try again. */
  | 'try-again'
  | 'store-unavailable';

export type CallAnswer =
  | { readonly type: 'call-view'; readonly view: PersonView }
  /** `version`: of the view of the one who has asked; an older one does not know of it yet. */
  | { readonly type: 'call-done'; readonly requestId: string; readonly callId: string | null; readonly version: number }
  | {
      readonly type: 'call-refused';
      readonly requestId: string;
      readonly code: CallRefusal;
      /** Of the view that the refusal follows from; 0: unknown. */
      readonly version: number;
      readonly retryAfterMs: number;
    };

/** What is wrong with a message about calls, in one sentence, or null. */
export function callMessageProblem(message: unknown): string | null {
  const parsed = callMessageSchema.safeParse(message);
  if (parsed.success) return null;
  const issue = parsed.error.issues[0];
  return `${issue?.path.join('.') || 'message'}: ${issue?.message ?? 'is not valid'}`;
}
