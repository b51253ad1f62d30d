/** A view of channel 7 as a user's first tab is shown it. */
export const view = (
  userId: string,
  version: number,
  epoch: number,
  mode: 'p2p' | 'sfu' = 'p2p',
  ...roster: string[]
) => ({
  userId,
  sessionId: `${userId}.1`,
  channelId: 7,
  version,
  epoch,
  mode,
  roster: roster.map((each) => ({ userId: each, sessionId: `${each}.1` })),
});
