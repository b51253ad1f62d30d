import { z } from 'zod';
import type { CallMessage } from '../call/call-protocol.js';
import type { ClientMessage } from '../protocol.js';
import { channelIdProblem, identifierProblem, nameProblem, userIdProblem } from '../validation.js';

/** Longest message that is looked at: an offer with every candidate has a few kB. */
export const MESSAGE_BYTES_MAX = 16_384;
/** Messages of one connection in any second (B9). */
export const MESSAGES_PER_SECOND = 100;

/** Versions are milliseconds since 1970 that may run ahead a little; a client must not push a channel's clock into the far future. */
const VERSION_MAX = 8_640_000_000_000_000;

function isVersion(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= VERSION_MAX;
}

/** A value of type `T` for which `problem` finds none. */
function checked<T>(problem: (value: unknown) => string | null): z.ZodType<T> {
  return z.custom<T>((value) => problem(value) === null, { error: ({ input }) => problem(input) ?? 'wrong' });
}

const channelId = checked<number>(channelIdProblem);
const userId = checked<string>(userIdProblem);
const identifier = (what: string) => checked<string>((value) => identifierProblem(value, what));
const version = (what: string) =>
  checked<number>((value) => (isVersion(value) ? null : `${what} must be a whole number from 0`));

/** What a client says it has heard in a heartbeat: no client speaks for more than a day of a thousand others. */
const share = (what: string) => z.number(`${what} must be a number`).min(0).max(86_400_000_000);

const types = {
  hello: z.object({
    type: z.literal('hello'),
    userId,
    sessionId: identifier('session id'),
    connects: version('connects'),
    name: checked<string>(nameProblem).optional(),
  }),
  join: z.object({
    type: z.literal('join'),
    channelId,
    requestId: identifier('request id'),
    since: version('since').optional(),
    version: version('version').optional(),
    epoch: version('epoch').optional(),
  }),
  leave: z.object({ type: z.literal('leave'), channelId }),
  ready: z.object({ type: z.literal('ready'), channelId, epoch: version('epoch') }),
  failed: z.object({
    type: z.literal('failed'),
    channelId,
    epoch: version('epoch'),
    reason: z.string('reason must be text').max(200, 'reason must be text of at most 200 characters'),
  }),
  signal: z.object({ type: z.literal('signal'), channelId, to: userId, data: z.unknown() }),
  token: z.object({
    type: z.literal('token'),
    channelId,
    node: identifier('node'),
    room: identifier('room'),
    epoch: version('epoch'),
    refused: z.string('refused must be a token').max(4_096, 'refused must be a token').optional(),
  }),
  turn: z.object({ type: z.literal('turn') }),
  ping: z.object({
    type: z.literal('ping'),
    channelId: channelId.nullable(),
    version: version('version'),
    epoch: version('epoch').optional(),
    call: version('call').optional(),
    heard: z
      .object({ ms: share('ms'), missedMs: share('missedMs'), score: z.number().min(1).max(5).optional() })
      .optional(),
  }),
} satisfies Record<Exclude<ClientMessage, CallMessage>['type'], z.ZodType>;

const schemas = new Map<unknown, z.ZodType>(Object.entries(types));

/** Whether a message is surely a right heartbeat, by the same rules as its schema: most messages are, and the schema takes microseconds. */
function isPlainPing(message: object): boolean {
  const { type, channelId: id, version: seen, epoch, call, heard } = message as Record<string, unknown>;
  return (
    type === 'ping' &&
    heard === undefined &&
    (id === null || channelIdProblem(id) === null) &&
    isVersion(seen) &&
    (epoch === undefined || isVersion(epoch)) &&
    (call === undefined || isVersion(call))
  );
}

/**
 * What is wrong with a message from a client, or null: then it is a {@link ClientMessage} (A9). Fields that are not known do no harm: a newer client may
 * talk to an older backend.
 */
export function clientMessageProblem(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return 'a message must be an object';
  if (isPlainPing(message)) return null;
  const { type } = message as { readonly type?: unknown };
  const schema = schemas.get(type);
  if (!schema) return `unknown message type ${String(JSON.stringify(type)).slice(0, 100)}`;
  const result = schema.safeParse(message);
  if (result.success) return null;
  return result.error.issues[0]?.message ?? 'a wrong message';
}
