export { FrameFlag, JitterBuffer, type Playout } from './jitter-buffer.js';
export { MediaStatistics } from './media-statistics.js';
export { PacketPlane } from './packet-plane.js';
export type { MediaOptions, PlaneParts } from './plane-parts.js';
export { type SfuClasses, sfuClasses } from './sfu-classes.js';
export { loadRtcpWire, type RtcpWire } from './wire.js';
