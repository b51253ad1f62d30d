/** Every key of the voice core in Redis, in one place (A1). */
export const keys = {
  /** hash: mode, versions, SFU room, flags of a channel */
  state: (channelId: number) => `channel_state:${channelId}`,
  /** set of user ids: the truth for the count */
  participants: (channelId: number) => `channel_participants:${channelId}`,
  /** hash user id -> session, connection and when the connection was lost */
  sessions: (channelId: number) => `channel_sessions:${channelId}`,
  /** hash: the migration in progress, with one `ack:` field per session */
  migration: (channelId: number) => `migration:${channelId}`,
  /** list of joins that wait for the end of the migration */
  queue: (channelId: number) => `migration_queue:${channelId}`,
  /** string: last version of the channel when it was deleted, until Redis' clock has passed that */
  gone: (channelId: number) => `channel_gone:${channelId}`,
  /** string: token of the lock holder, with a lease */
  lock: (channelId: number) => `lock:channel:${channelId}`,
  /** string: connection through which a user can be reached */
  connection: (userId: string) => `connection:${userId}`,
  /** set of user ids connected to a backend instance */
  backendConnections: (instance: string) => `backend_connections:${instance}`,
  /** set of channels with members connected to a backend instance */
  backendChannels: (instance: string) => `backend_channels:${instance}`,
  /** set of channels that use a node */
  nodeChannels: (node: string) => `sfu_node_channels:${node}`,
  /** hash: what there is to know of one life of a channel (D4) */
  callRecord: (channelId: number, born: number) => `call_record:${channelId}:${born}`,
  /** set of channels that the user is in, where that is limited */
  userRooms: (userId: string) => `user_rooms:${userId}`,
  /** zset: when the user was issued each token of the present window */
  tokenWindow: (userId: string) => `token_window:${userId}`,
  /** string: tokens of the user with a stamp up to this one are revoked */
  tokensRevoked: (userId: string) => `tokens_revoked:${userId}`,
  /** string: there while channels are kept out of the SFU (A14) */
  forcedMesh: 'voice:forced_mesh',
  /** hash: the stage of the rollout and the share of users that have the flag (C5) */
  rollout: 'voice:rollout',
  /** list: the decisions of the rollout, the newest last */
  rolloutLog: 'voice:rollout_log',
  /** hash: what was measured since a decision */
  rolloutSamples: (epoch: number) => `voice:rollout_samples:${epoch}`,
  /** list: what operators have asked for, the newest first */
  audit: 'voice:audit',
  /** string: what came of an operator's request, empty while it is carried out */
  adminRequest: (id: string) => `admin_request:${id}`,
  /** hash: a call, from its offer until a while after its end */
  call: (callId: string) => `call:${callId}`,
  /** hash: what a person is doing, while that is anything */
  person: (userId: string) => `person:${userId}`,
  /** zset call -> when it was offered: those that wait for somebody free */
  waitingCalls: (org: number) => `calls_waiting:${org}`,
  /** zset user -> since when: staff that is free */
  idleStaff: (org: number) => `staff_idle:${org}`,
  /** zset user -> until when the person counts as there */
  personLeases: 'voice:person_leases',
  /** zset: `call:` or `org:` and id -> when somebody must look at it */
  callsDue: 'voice:calls_due',
  /** string: number of the last call */
  callNumber: 'voice:call_number',
  /** zset instance -> time of its last tick */
  backends: 'voice:backends',
  /** zset channel -> version: every existing channel, for catching up on missed notifications */
  changed: 'voice:changed',
  /** zset channel -> time at which somebody must look at it */
  due: 'voice:due',
  /** zset room -> time at which it must be stopped */
  retired: 'voice:retired_rooms',
  /** hash node -> health */
  nodes: 'sfu_nodes',
  /** string: the instance that does the periodic work, with a lease */
  caretaker: 'lock:caretaker',
  /** pub/sub: a channel has changed */
  migrations: 'voice:migrations',
  /** pub/sub: the tokens of a user have been revoked */
  revocations: 'voice:revocations',
  /** pub/sub: messages for the clients of one backend instance */
  backend: (instance: string) => `voice:backend:${instance}`,
} as const;

/** Room of a channel on an SFU node (A1). */
export const roomName = (channelId: number): string => `channel_${channelId}`;

/** The channel a room belongs to, or null when the name is not one of ours. */
export function channelOfRoom(room: string): number | null {
  const match = /^channel_([1-9]\d{0,6})$/.exec(room);
  return match ? Number(match[1]) : null;
}
