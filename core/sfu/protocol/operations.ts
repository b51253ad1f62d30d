import { z } from 'zod';
import { displayName, ENCODINGS_MAX, identifier, kind, layer, roomId, ssrc, token, userId } from './fields.js';

const request = { requestId: identifier, room: roomId };

/** DTLS parameters of a client (RFC 8842). */
const dtls = z.strictObject({
  role: z.enum(['auto', 'client', 'server']),
  fingerprints: z
    .array(
      z.strictObject({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z
          .string()
          .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){1,63}$/, 'fingerprint must be bytes in hex with colons'),
      }),
    )
    .min(1)
    .max(8),
});

/** The nine operations (D2). Each is answered with its own message, or with `refused`; said twice it is done once. */
export const operations = [
  /** Begins a call. A room that is there stays as it is. */
  z.strictObject({ type: z.literal('create-room'), ...request, userId, token }),
  /** Comes in. A session that is in already goes on over this connection. */
  z.strictObject({
    type: z.literal('join'),
    ...request,
    userId,
    sessionId: identifier,
    name: displayName.optional(),
    token,
  }),
  /** One for each direction; a second one is the first. */
  z.strictObject({ type: z.literal('create-transport'), ...request, direction: z.enum(['send', 'receive']) }),
  z.strictObject({ type: z.literal('connect-transport'), ...request, transportId: identifier, dtls }),
  /** Begins to send a track. With the SSRCs of one that is being sent, it is that one. */
  z.strictObject({
    type: z.literal('produce'),
    ...request,
    transportId: identifier,
    kind,
    encodings: z.array(z.strictObject({ layer, ssrc })).min(1).max(ENCODINGS_MAX),
  }),
  /** Asks how to receive a track; it begins with `resume`. */
  z.strictObject({ type: z.literal('consume'), ...request, transportId: identifier, publisherId: identifier }),
  z.strictObject({ type: z.literal('resume'), ...request, consumerId: identifier }),
  /** Ends a track of one's own; one that has ended stays so. */
  z.strictObject({ type: z.literal('close-producer'), ...request, publisherId: identifier }),
  /** Goes; who is not there has gone. */
  z.strictObject({ type: z.literal('leave'), ...request }),
] as const;

const answer = { requestId: identifier, room: roomId };

/** Track of another member, as a listener sees it. */
const receivable = z.strictObject({
  publisherId: identifier,
  consumerId: identifier,
  sessionId: identifier,
  userId,
  kind,
});

/** Answers to the operations, in their order. */
export const answers = [
  z.strictObject({ type: z.literal('room-created'), ...answer }),
  z.strictObject({
    type: z.literal('joined'),
    ...answer,
    members: z.array(z.strictObject({ sessionId: identifier, userId, name: displayName.nullable() })),
    /** What can be consumed. */
    tracks: z.array(receivable),
    /** What the session itself sends already: after a reconnection. */
    published: z.array(identifier),
    /** The server is under pressure and takes no video (D7). */
    audioOnly: z.boolean(),
    codec: z.strictObject({ name: z.literal('opus'), clockRate: z.literal(48_000), layers: z.array(layer) }),
  }),
  /** `parameters`: ICE and DTLS of the server, as its transport implementation gives them. */
  z.strictObject({
    type: z.literal('transport-created'),
    ...answer,
    transportId: identifier,
    parameters: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ type: z.literal('transport-connected'), ...answer, transportId: identifier }),
  z.strictObject({ type: z.literal('produced'), ...answer, publisherId: identifier }),
  z.strictObject({ type: z.literal('consuming'), ...answer, ...receivable.shape, ssrc, paused: z.boolean() }),
  z.strictObject({ type: z.literal('resumed'), ...answer, consumerId: identifier }),
  z.strictObject({ type: z.literal('closed'), ...answer, publisherId: identifier }),
  z.strictObject({ type: z.literal('left'), ...answer }),
] as const;
