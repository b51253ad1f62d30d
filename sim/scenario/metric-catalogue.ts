/** How a metric is kept: decides which aggregations an expectation may use. */
export type MetricKind = 'histogram' | 'counter' | 'gauge' | 'rate';

/** One metric that a run measures. */
export interface MetricDescription {
  readonly kind: MetricKind;
  /** `ms`, `s`, `kbps`, `MB` of 1e6 bytes, `USD`, `1` for plain counts, `share` for 0..1. */
  readonly unit: 'ms' | 's' | 'kbps' | 'MB' | 'USD' | '1' | 'share';
  readonly help: string;
}

/** Every metric that a run measures and that an expectation may name. */
export const METRICS = {
  join_latency_ms: { kind: 'histogram', unit: 'ms', help: 'From the wish to join to the answer "joined" or "queued".' },
  join_service_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: "The service's part of it: from the request to the answer, at the backend.",
  },
  first_connection_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'From the wish to join a channel in which others are to the first moment in which one of them is heard.',
  },
  migration_duration_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'From the start of a migration to its completion.',
  },
  migrations_started: { kind: 'counter', unit: '1', help: 'Migrations started.' },
  migrations_completed: { kind: 'counter', unit: '1', help: 'Migrations completed.' },
  migrations_failed: { kind: 'counter', unit: '1', help: 'Migrations that did not complete.' },
  migrations_rolled_back: { kind: 'counter', unit: '1', help: 'Migrations rolled back.' },
  migration_success_rate: { kind: 'rate', unit: 'share', help: 'Completed of all migrations that ended.' },
  audible_gap_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Times in which a listener could not hear a talker although both were in the channel.',
  },
  audible_gap_total_ms: { kind: 'counter', unit: 'ms', help: 'Sum of all audible gaps over all pairs.' },
  audible_gap_max_ms: { kind: 'gauge', unit: 'ms', help: 'Longest audible gap.' },
  audible_gap_per_pair_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Sum of the audible gaps of each listener and talker who have heard each other; measured where an expectation names it.',
  },
  dropout_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Share of the time of all pairs that was an audible gap, or a wait of more than 10 s for the first word.',
  },
  lost_joins: { kind: 'counter', unit: '1', help: 'Joins that were accepted or queued and never done.' },
  doubled_joins: { kind: 'counter', unit: '1', help: 'Joins that were done twice.' },
  ghost_participants: { kind: 'counter', unit: '1', help: 'Members whose user has gone, at the end.' },
  split_brains: { kind: 'counter', unit: '1', help: 'Channels whose members disagree about the mode, at the end.' },
  orphan_rooms: { kind: 'counter', unit: '1', help: 'SFU rooms that no channel uses, at the end.' },
  stuck_migrations: { kind: 'counter', unit: '1', help: 'Migrations that neither end nor time out.' },
  error_rate: { kind: 'rate', unit: 'share', help: 'Failed of all joins that users wanted.' },
  refused_joins: { kind: 'counter', unit: '1', help: 'Joins answered with "refused".' },
  clients_joined_rate: { kind: 'rate', unit: 'share', help: 'Clients that were in a channel at least once.' },
  channels_switched_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Channels that reached the SFU, of those that should have.',
  },
  mesh_size_max: { kind: 'gauge', unit: '1', help: 'Most participants of one channel in peer-to-peer mode.' },
  sfu_full_max: {
    kind: 'gauge',
    unit: 'share',
    help: 'Largest share of the live SFU nodes that took nobody new, because they were full, at one time.',
  },
  lock_wait_ms: { kind: 'histogram', unit: 'ms', help: 'How long a backend waited for the lock of a channel.' },
  redis_use: {
    kind: 'gauge',
    unit: 'share',
    help: 'Largest share of any sampling interval in which the Redis primary was executing commands.',
  },
  reconnects: { kind: 'counter', unit: '1', help: 'Connections to a backend that had to be made again.' },
  sessions_removed: {
    kind: 'counter',
    unit: '1',
    help: 'Connected sessions that were told that they are no longer members, although nobody took their place.',
  },
  redis_outage_ms: {
    kind: 'gauge',
    unit: 'ms',
    help: 'Longest time in which backends waited for Redis and its primary executed nothing.',
  },
  sfu_outage_ms: {
    kind: 'gauge',
    unit: 'ms',
    help: 'Longest time that a channel in SFU mode was without a live node.',
  },
  participants_max: { kind: 'gauge', unit: '1', help: 'Most participants at one time.' },
  channel_size_max: { kind: 'gauge', unit: '1', help: 'Most participants of one channel.' },
  mode_switches: { kind: 'counter', unit: '1', help: 'Changes of mode, over all channels.' },
  converged_after_ms: {
    kind: 'gauge',
    unit: 'ms',
    help: 'From the end of the last fault until everybody agrees and is heard.',
  },

  uptime: {
    kind: 'rate',
    unit: 'share',
    help: 'Of the time in which people wanted to be in a channel, the share in which they were and heard everybody there; waits up to 10 s, and gaps up to 1 s, do not count.',
  },
  state_growth: {
    kind: 'gauge',
    unit: 'share',
    help: 'Of runs of an hour and more: by how much the kind of state that grew most (keys and entries in Redis, rooms, timers, objects) has grown from the second to the last quarter, beyond the load.',
  },

  // of worlds with a node model (topology.sfuNode) only
  sfu_cpu: {
    kind: 'histogram',
    unit: 'share',
    help: 'Work of an SFU node over what its cores can do, each node and second; above 1 packets are dropped.',
  },
  sfu_cpu_max: { kind: 'gauge', unit: 'share', help: 'Highest of them.' },
  sfu_memory: { kind: 'histogram', unit: 'share', help: 'Memory of an SFU node in use, each node and second.' },
  sfu_memory_max: { kind: 'gauge', unit: 'share', help: 'Highest of them.' },
  sfu_card: {
    kind: 'histogram',
    unit: 'share',
    help: "Use of an SFU node's network card, the busier direction, each node and second.",
  },
  sfu_card_max: { kind: 'gauge', unit: 'share', help: 'Highest of them.' },
  sfu_participants: { kind: 'histogram', unit: '1', help: 'Participants of an SFU node, each node and second.' },
  sfu_rooms: { kind: 'histogram', unit: '1', help: 'Rooms of an SFU node, each node and second.' },
  sfu_consumers: {
    kind: 'histogram',
    unit: '1',
    help: 'Voices that an SFU node sends to members, those that are silent included, each node and second.',
  },
  sfu_nodes: { kind: 'histogram', unit: '1', help: 'SFU nodes that run, each second.' },
  sfu_node_hours: { kind: 'counter', unit: '1', help: 'Hours of SFU nodes, all together: what has to be paid.' },
  sfu_packets_received: { kind: 'counter', unit: '1', help: 'Packets of voice that have arrived at SFU nodes.' },
  sfu_packets_forwarded: { kind: 'counter', unit: '1', help: 'Copies of them that SFU nodes have sent.' },
  sfu_dropped_rate: { kind: 'rate', unit: 'share', help: 'Packets that SFU nodes had no CPU for, of all that came.' },
  sfu_egress_gb: { kind: 'counter', unit: '1', help: 'Gigabytes that SFU nodes have sent, headers included.' },
  forwarding_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Time of packets of voice inside an SFU node: wake-up, waiting for the CPU, copying; in every fidelity.',
  },
  sfu_refusals: { kind: 'counter', unit: '1', help: 'Rooms and participants that an SFU node was too full for.' },
  sfu_overloaded_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Share of the time of SFU nodes in which they were overloaded and took nobody new.',
  },
  sfu_connection_errors: {
    kind: 'counter',
    unit: '1',
    help: 'Participants whose connection to an SFU node ended otherwise than by leaving.',
  },
  sfu_connection_s: { kind: 'histogram', unit: 's', help: 'How long participants were connected to an SFU node.' },

  // of worlds with voice only; histograms of voice are weighted by frames spoken or played
  mos: {
    kind: 'histogram',
    unit: '1',
    help: 'Mean opinion score 1 to 4.5 (E-model; the report names formula and rows), of each listener and talker, each second.',
  },
  mos_worst_listener: { kind: 'gauge', unit: '1', help: 'Average opinion score of the person who heard worst.' },
  r_factor: {
    kind: 'histogram',
    unit: '1',
    help: 'Rating 0 to 100 of the E-model, of which the opinion score is a curve.',
  },
  mouth_to_ear_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Delay of voice from mouth to ear: capture, encoder, network, jitter buffer, playout.',
  },
  media_latency_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: "The network's part of it, one way, SFU and relay included.",
  },
  playout_delay_ms: { kind: 'histogram', unit: 'ms', help: "The jitter buffer's part of it." },
  media_loss_rate: {
    kind: 'histogram',
    unit: 'share',
    help: 'Share of voice packets lost on the way, before repair, of each listener and talker, each second.',
  },
  conversation_loss_rate: {
    kind: 'histogram',
    unit: 'share',
    help: 'The same over all that a listener should have heard of a talker, for each pair with at least 5 s of speech.',
  },
  concealed_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Frames that neither arrived in time nor were repaired, of all spoken.',
  },
  voice_gap_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Times of at least media.audibleGapMs in which nothing of what somebody said was audible to a listener.',
  },
  voice_gap_max_ms: { kind: 'gauge', unit: 'ms', help: 'Longest of them.' },
  voice_gaps: { kind: 'counter', unit: '1', help: 'Number of them.' },
  voice_dropout_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Share of the time spoken that was such a gap, over all pairs.',
  },
  doubled_ms: {
    kind: 'counter',
    unit: 'ms',
    help: 'Time in which a listener heard the same voice twice, over all pairs.',
  },
  layer_switches: { kind: 'counter', unit: '1', help: 'Changes of the layer that a listener receives of a talker.' },
  layer_switches_per_minute: { kind: 'gauge', unit: '1', help: 'The same for each minute spoken.' },
  adaptation_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'From the first voice over a link that became worse until the loss beyond its own is below 2 % for 3 s; what never came counts with the time waited.',
  },
  recovery_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'From the end of the impairment of a link until everybody involved hears again without an audible gap.',
  },
  layer_recovery_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'From the end of the impairment of a link until the layers of before are back; what never came counts with the time waited.',
  },
  uplink_kbps: { kind: 'histogram', unit: 'kbps', help: 'Media sent by a client, headers included.' },
  downlink_kbps: { kind: 'histogram', unit: 'kbps', help: 'Media received by a client, headers included.' },
  uplink_use: {
    kind: 'histogram',
    unit: 'share',
    help: "Share of the capacity of a client's uplink that media filled, each second in which it sent.",
  },
  sfu_egress_mb: { kind: 'counter', unit: 'MB', help: 'Media that SFU nodes sent to clients, headers included.' },
  relay_egress_mb: {
    kind: 'counter',
    unit: 'MB',
    help: 'Media that relays sent on, headers included; in the flow fidelity without the comfort noise of who is silent.',
  },
  cost_month_usd: {
    kind: 'gauge',
    unit: 'USD',
    help: 'What a month costs in which every hour that counts (`cost`) is like this run: servers by the price list, traffic as measured.',
  },
  relayed_rate: { kind: 'rate', unit: 'share', help: 'Frames that went through a relay, of all spoken.' },
  forwarding_latency_ms: {
    kind: 'histogram',
    unit: 'ms',
    help: 'Time that packets of voice spend inside an SFU node.',
  },
  calls_offered: { kind: 'counter', unit: '1', help: 'Calls offered to an organisation.' },
  calls_accepted: { kind: 'counter', unit: '1', help: 'Calls that somebody has answered.' },
  calls_accepted_offline: {
    kind: 'counter',
    unit: '1',
    help: 'Of the calls answered, those for which the backend that keeps them could not reach Redis.',
  },
  calls_missed: {
    kind: 'counter',
    unit: '1',
    help: 'Calls that nobody answered in time, or for which nobody was free.',
  },
  calls_cancelled: { kind: 'counter', unit: '1', help: 'Calls that the caller gave up before they were answered.' },
  calls_failed: { kind: 'counter', unit: '1', help: 'Calls whose caller vanished before they were answered.' },
  calls_dropped: { kind: 'counter', unit: '1', help: 'Calls that ended because one of the two vanished.' },
  call_success_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Answered, of all calls that were answered, missed, given up or failed.',
  },
  call_blocked_rate: { kind: 'rate', unit: 'share', help: 'Calls for which nobody was free in time, of all offered.' },
  call_connection_rate: {
    kind: 'rate',
    unit: 'share',
    help: 'Answered calls in which both heard each other, of those that lasted for 5 s at least or were heard.',
  },
  call_answer_ms: { kind: 'histogram', unit: 'ms', help: 'From the offer of a call to its answer.' },
  rollout_stage: {
    kind: 'gauge',
    unit: '1',
    help: 'Stage that a rollout has reached, from 1; one more when it is complete.',
  },
  rollout_share: { kind: 'gauge', unit: 'share', help: 'Share of the users that have the hybrid service at the end.' },
  rollout_complete: { kind: 'gauge', unit: '1', help: '1 when a rollout has passed its last stage.' },
  rollout_rollbacks: { kind: 'counter', unit: '1', help: 'How often a rollout was taken back.' },
  rollout_stage_ms: { kind: 'histogram', unit: 'ms', help: 'How long stages of a rollout that are over have lasted.' },
  rollout_return_ms: { kind: 'gauge', unit: 'ms', help: 'From the rollback until nobody was on the SFU any more.' },
  alerts_fired: { kind: 'counter', unit: '1', help: 'Alerts that fired, once for each set of labels.' },
  critical_alerts_fired: { kind: 'counter', unit: '1', help: 'Those of them with the severity critical.' },
} as const satisfies Record<string, MetricDescription>;

/** Name of a metric that exists. */
export type MetricName = keyof typeof METRICS;

/** All metrics that an expectation may name, in the order in which they are shown. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** The description of a metric, or undefined when there is none of this name. */
export function metricDescription(name: string): MetricDescription | undefined {
  return Object.hasOwn(METRICS, name) ? METRICS[name as MetricName] : undefined;
}
