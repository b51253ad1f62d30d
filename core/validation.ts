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

/** `<`, `>` and `&`, and what is easily taken for angle brackets. */
const MARKUP =
  /[<>&\u02C2\u02C3\u1438\u1433\u16B2\u2039\u203A\u2329\u232A\u276C-\u2771\u27E8-\u27EB\u29FC\u29FD\u3008-\u300B\uFE64\uFE65\uFE60\uFF06\uFF1C\uFF1E]/u;

/** Control and format characters (those that turn the direction of text among them), line and paragraph separators, half pairs, private use, unassigned, and what is shown as nothing. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** More marks than this on one letter are a decoration that covers the lines above and below. */
const MARKS_MAX = 4;

/**
 * Names are shown to other people, by clients that we do not know: no markup, also not in a form that normalisation turns into it (full-width and small
 * variants of `<`), none of the signs that look like it, nothing that cannot be seen or turns the direction of text, 1 to 50 code points.
 */
export function nameProblem(name: unknown): string | null {
  if (typeof name !== 'string') return 'name must be text';
  const length = [...name].length;
  if (length < 1 || length > NAME_LENGTH_MAX) return `name must have 1 to ${NAME_LENGTH_MAX} characters`;
  // what a client or a database may turn it into
  const forms = [name, name.normalize('NFC'), name.normalize('NFKC'), name.normalize('NFKD')];
  for (const form of forms) {
    if (MARKUP.test(form) || UNSEEN.test(form)) return 'name must not contain markup or control characters';
    if ([...form].length > 2 * NAME_LENGTH_MAX) return `name must have 1 to ${NAME_LENGTH_MAX} characters`;
  }
  if (!/[\p{L}\p{N}\p{S}\p{P}]/u.test(name)) return 'name must have something to read';
  if (new RegExp(`\\p{M}{${MARKS_MAX + 1}}`, 'u').test(name.normalize('NFD')))
    return `name must not have more than ${MARKS_MAX} marks on a letter`;
  return null;
}
