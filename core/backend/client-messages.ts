import type { ClientMessage } from '../protocol.js';
import { channelIdProblem, identifierProblem, userIdProblem } from '../validation.js';

/** What is wrong with a message from a client, or null: then it is a {@link ClientMessage} (A9). */
export function clientMessageProblem(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return 'a message must be an object';
  const fields = message as Readonly<Record<string, unknown>>;
  switch (fields.type as ClientMessage['type']) {
    case 'hello':
      return (
        userIdProblem(fields.userId) ??
        identifierProblem(fields.sessionId, 'session id') ??
        versionProblem(fields.connects, 'connects')
      );
    case 'join':
      return (
        channelIdProblem(fields.channelId) ??
        identifierProblem(fields.requestId, 'request id') ??
        (fields.since === undefined ? null : versionProblem(fields.since, 'since'))
      );
    case 'leave':
      return channelIdProblem(fields.channelId);
    case 'ready':
      return channelIdProblem(fields.channelId) ?? versionProblem(fields.epoch, 'epoch');
    case 'failed':
      return (
        channelIdProblem(fields.channelId) ??
        versionProblem(fields.epoch, 'epoch') ??
        (typeof fields.reason === 'string' && fields.reason.length <= 200
          ? null
          : 'reason must be text of at most 200 characters')
      );
    case 'signal':
      return channelIdProblem(fields.channelId) ?? userIdProblem(fields.to);
    case 'ping':
      return (
        (fields.channelId === null ? null : channelIdProblem(fields.channelId)) ??
        versionProblem(fields.version, 'version') ??
        (fields.epoch === undefined ? null : versionProblem(fields.epoch, 'epoch')) ??
        (fields.call === undefined ? null : versionProblem(fields.call, 'call'))
      );
    default:
      return `unknown message type ${JSON.stringify(fields.type)}`;
  }
}

/** Versions are milliseconds since 1970 that may run ahead a little; a client must not push a channel's clock into the far future. */
const VERSION_MAX = 8_640_000_000_000_000;

function versionProblem(version: unknown, what: string): string | null {
  return Number.isInteger(version) && (version as number) >= 0 && (version as number) <= VERSION_MAX
    ? null
    : `${what} must be a whole number from 0`;
}
