/** Limits of A9. Each check returns the problem in one sentence, or null. */

export const CHANNEL_ID_MAX = 1_000_000;
export const USER_ID_MAX = 100_000_000;
export const NAME_LENGTH_MAX = 50;
const SESSION_ID = /^[A-Za-z0-9_.:-]{1,100}$/;

export function channelIdProblem(channelId: unknown): string | null {
  return Number.isInteger(channelId) && (channelId as number) >= 1 && (channelId as number) <= CHANNEL_ID_MAX
    ? null
    : `channel id must be a whole number from 1 to ${CHANNEL_ID_MAX}`;
}

/** User ids travel as decimal strings. */
export function userIdProblem(userId: unknown): string | null {
  return typeof userId === 'string' && /^[1-9]\d{0,8}$/.test(userId) && Number(userId) <= USER_ID_MAX
    ? null
    : `user id must be a whole number from 1 to ${USER_ID_MAX}`;
}

/** Session and request ids are chosen by clients: short, and free of separators that the store uses. */
export function identifierProblem(id: unknown, what: string): string | null {
  return typeof id === 'string' && SESSION_ID.test(id)
    ? null
    : `${what} must be 1 to 100 letters, digits or any of _ . : -`;
}

/** Names are shown to other people: no markup, no control characters, 1 to 50 code points. */
export function nameProblem(name: unknown): string | null {
  if (typeof name !== 'string') return 'name must be text';
  const length = [...name].length;
  if (length < 1 || length > NAME_LENGTH_MAX) return `name must have 1 to ${NAME_LENGTH_MAX} characters`;
  if (/[<>&\p{Cc}\p{Cf}]/u.test(name)) return 'name must not contain markup or control characters';
  return null;
}
