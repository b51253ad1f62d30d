import type { Evidence } from './evidence.js';

/**
 * The written rule of a rollout, on what stands in the store: a channel may move to the SFU when the one who has been in it longest has the flag; it may stay
 * there while anybody in it has it. Without a rollout everything is allowed.
 */
export const mayMoveToSfu = (evidence: Evidence, channelId: string): boolean => {
  const [senior] = bySeniority(evidence, channelId);
  return evidence.rollout == null || (senior !== undefined && evidence.rollout.hasFlag(senior));
};

export const mayStayOnSfu = (evidence: Evidence, channelId: string): boolean =>
  evidence.rollout == null || bySeniority(evidence, channelId).some((userId) => evidence.rollout?.hasFlag(userId));

/** Members, those who have been there longest first. */
function bySeniority({ store }: Evidence, channelId: string): string[] {
  const sessions = store.hash(`channel_sessions:${channelId}`);
  const since = (userId: string) => Number((sessions.get(userId) ?? '').split('|')[3] ?? 0);
  return [...store.set(`channel_participants:${channelId}`)].sort((a, b) => since(a) - since(b) || (a < b ? -1 : 1));
}
