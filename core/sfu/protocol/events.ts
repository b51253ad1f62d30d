import { z } from 'zod';
import { identifier, kind, roomId, userId } from './fields.js';

const inRoom = { room: roomId };
const leaveReason = z.enum(['left', 'connection-lost', 'stale', 'room-closed']);

/** What members of a room are told unasked (D3). */
export const events = [
  z.strictObject({
    type: z.literal('new-producer'),
    ...inRoom,
    publisherId: identifier,
    consumerId: identifier,
    sessionId: identifier,
    userId,
    kind,
  }),
  z.strictObject({
    type: z.literal('producer-closed'),
    ...inRoom,
    publisherId: identifier,
    consumerId: identifier,
    reason: z.enum(['closed', ...leaveReason.options]),
  }),
  z.strictObject({
    type: z.literal('consumer-paused'),
    ...inRoom,
    consumerId: identifier,
    cause: z.enum(['listener', 'server', 'bandwidth']),
  }),
  z.strictObject({ type: z.literal('consumer-resumed'), ...inRoom, consumerId: identifier }),
  z.strictObject({ type: z.literal('member-joined'), ...inRoom, sessionId: identifier, userId }),
  z.strictObject({ type: z.literal('member-left'), ...inRoom, sessionId: identifier, userId, reason: leaveReason }),
  /** The receiver itself is no longer in the room. */
  z.strictObject({
    type: z.literal('removed'),
    ...inRoom,
    reason: z.enum(['replaced', ...leaveReason.options]),
  }),
] as const;
