export type { CaptureSink } from './capture-sink.js';
export type { CapturedProtocol } from './exported-pdu.js';
export { type Endpoint, HostEndpoints } from './host-endpoints.js';
export { LinkCapture, type LinkCaptureOptions } from './link-capture.js';
export { type CapturedPacket, PcapngWriter } from './pcapng-writer.js';
export { voiceBytes } from './voice-bytes.js';
