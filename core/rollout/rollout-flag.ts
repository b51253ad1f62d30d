import type { ChannelRecord, Membership } from '../channel/channel-record.js';

/** Users are spread over this many buckets: a share is given in parts per million. */
export const PPM = 1_000_000;

/** Who has the hybrid service: the users whose bucket is below `ppm`. */
export interface RolloutFlag {
  /** Makes the users of one rollout others than those of the next. */
  readonly salt: string;
  /** 0: nobody, 1 000 000: everybody. */
  readonly ppm: number;
}

/**
 * The bucket of a user, 0 to 999 999: the same on every backend and for ever, and independent of that of any other user (FNV-1a over the UTF-16 code
 * units, with the finalizer of MurmurHash3). A larger share contains every smaller one.
 */
export function bucketOf(userId: string, salt: string): number {
  const text = `${salt}/${userId}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return Math.floor(((hash >>> 0) / 4_294_967_296) * PPM);
}

/** Whether the flag is on for a user. */
export const hasFlag = (userId: string, { salt, ppm }: RolloutFlag): boolean =>
  ppm >= PPM || (ppm > 0 && bucketOf(userId, salt) < ppm);

type Members = Pick<ChannelRecord, 'members' | 'rollout'>;

/**
 * Whether a channel may move to the SFU: the one who has been in it longest has the flag. So the share of channels that are exposed is the share of the
 * stage, whatever their size; if one flagged member were enough, a channel of 100 would be exposed at 5 % almost surely, if all had to have it,
 * none before 100 %.
 */
export function mayEnterSfu({ members, rollout }: Members): boolean {
  if (rollout === null) return true;
  let senior: Membership | null = null;
  for (const member of members.values()) if (senior === null || before(member, senior)) senior = member;
  return senior !== null && hasFlag(senior.userId, rollout);
}

/** Whether a channel that is on the SFU may stay: somebody in it has the flag. It does not go back because the senior leaves; it does when the flag does. */
export function mayStayOnSfu({ members, rollout }: Members): boolean {
  if (rollout === null) return true;
  for (const { userId } of members.values()) if (hasFlag(userId, rollout)) return true;
  return false;
}

const before = (a: Membership, b: Membership): boolean =>
  a.since < b.since || (a.since === b.since && a.userId < b.userId);
