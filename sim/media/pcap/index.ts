export type { CaptureSink } from './capture-sink.js';
export type { CapturedProtocol } from './exported-pdu.js';
export { type Endpoint, HostEndpoints } from './host-endpoints.js';
export { type CapturedPacket, PcapngWriter } from './pcapng-writer.js';
export { voiceBytes } from './voice-bytes.js';
