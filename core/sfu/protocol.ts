import { z } from 'zod';
import { identifierProblem } from '../validation.js';
import { events } from './protocol/events.js';
import { MESSAGE_LENGTH_MAX } from './protocol/fields.js';
import { answers, operations } from './protocol/operations.js';
import { clientSignals, serverSignals } from './protocol/signalling.js';
import { SfuRefusal } from './sfu-refusal.js';

/**
 * Everything that a client may say to a media server: the nine operations (D2), and the signalling by offer and answer (B2). Both lead to the
 * same rooms: who joins may publish and subscribe either way.
 */
export const sfuClientMessage = z.discriminatedUnion('type', [...operations, ...clientSignals]);

/** A request, or a message, was not carried out. `requestId` and `request` name it, as far as they could be read. */
const refused = z.strictObject({
  type: z.literal('refused'),
  requestId: z.string().nullable(),
  request: z.string().nullable(),
  code: z.string(),
  reason: z.string(),
  /** When it may be worth trying again; null: never as it is. Unit: ms. */
  retryAfterMs: z.number().nullable(),
});

/** Everything that a media server says to a client. */
export const sfuServerMessage = z.discriminatedUnion('type', [...answers, ...serverSignals, ...events, refused]);

export type SfuClientMessage = z.infer<typeof sfuClientMessage>;
export type SfuServerMessage = z.infer<typeof sfuServerMessage>;
/** The message of one type. */
export type SfuClientMessageOf<Type extends SfuClientMessage['type']> = Extract<SfuClientMessage, { type: Type }>;

const types: ReadonlySet<unknown> = new Set([...operations, ...clientSignals].map(({ shape }) => shape.type.value));

/** @throws SfuRefusal `invalid` */
export function parseText(text: string): unknown {
  if (text.length > MESSAGE_LENGTH_MAX) {
    throw new SfuRefusal('invalid', `a message has at most ${MESSAGE_LENGTH_MAX} characters`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new SfuRefusal('invalid', 'a message is JSON');
  }
}

/**
 * What a client has sent, if it is a message of the protocol.
 * @throws SfuRefusal `invalid`, with the first thing that is wrong
 */
export function clientMessage(value: unknown): SfuClientMessage {
  const result = sfuClientMessage.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = issue?.path.join('.');
  throw new SfuRefusal('invalid', `${place === undefined || place === '' ? 'message' : place}: ${issue?.message}`);
}

/** What can be read of a message that is refused: its type and its id, where they are such. */
export function namesOf(value: unknown): { readonly type: string | null; readonly requestId: string | null } {
  if (typeof value !== 'object' || value === null) return { type: null, requestId: null };
  const { type, requestId } = value as { type?: unknown; requestId?: unknown };
  return {
    type: types.has(type) ? (type as string) : null,
    requestId: identifierProblem(requestId, 'id') === null ? (requestId as string) : null,
  };
}
