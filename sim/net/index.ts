export type { AccessLink, LinkConditions } from './access-link.js';
export type { CloseReason, Connection, ConnectionHandlers, ConnectOptions } from './connection.js';
export type { DatagramPath } from './datagram-path.js';
export type { Endpoint } from './endpoint.js';
export type { BurstLoss, LinkProfile, Nat } from './link-options.js';
export { type LinkQueue, QUEUE_FULL } from './link-queue.js';
export { type CapacityTrace, meanRateKbps, OPPORTUNITY_BYTES, parseMahimahi } from './mahimahi.js';
export { MediaPacket, MediaPackets, type MediaReceiver } from './media-packet.js';
export type { LostOn, MediaObserver, MediaPath } from './media-path.js';
export { MediaRoute } from './media-route.js';
export { Network } from './network.js';
export {
  DEFAULT_NETWORK_OPTIONS,
  type NetworkOptions,
  type NetworkOptionsInput,
  networkOptionsSchema,
  resolveNetworkOptions,
} from './network-options.js';
export { type DropCause, NetworkStatistics, TrafficStatistics } from './network-statistics.js';
export type { PartitionId, PartitionWay } from './partitions.js';
export { PeerRouting, type PeerRoutingOptions } from './peer-routing.js';
export { PROFILES } from './profiles.js';
export { CHANNEL_DATA_BYTES, type Hop, Route } from './route.js';
export { type SwizzleClogOptions, swizzleClog } from './swizzle-clog.js';
export { type ShownCredentials, TurnServer } from './turn-server.js';
