import { dtls } from './served.js';

/** One message of each type that a client may send. */
export const good = [
  { type: 'create-room', requestId: 'r1', room: 'call', userId: '1', token: 't' },
  { type: 'join', requestId: 'r1', room: 'call', userId: '1', sessionId: 's', token: 't', name: 'Ann' },
  { type: 'create-transport', requestId: 'r1', room: 'call', direction: 'send' },
  { type: 'connect-transport', requestId: 'r1', room: 'call', transportId: 't', dtls },
  {
    type: 'produce',
    requestId: 'r1',
    room: 'call',
    transportId: 't',
    kind: 'audio',
    encodings: [{ layer: 'h', ssrc: 0xffff_ffff }],
  },
  { type: 'consume', requestId: 'r1', room: 'call', transportId: 't', publisherId: 'p1' },
  { type: 'resume', requestId: 'r1', room: 'call', consumerId: 'c1' },
  { type: 'close-producer', requestId: 'r1', room: 'call', publisherId: 'p1' },
  { type: 'leave', requestId: 'r1', room: 'call' },
  { type: 'publish-offer', room: 'call', sdp: 'v=0' },
  { type: 'publish-candidate', room: 'call', candidate: '' },
  { type: 'subscribe', room: 'call', publisherId: 'p1' },
  { type: 'consume-answer', room: 'call', consumerId: 'c1', sdp: 'v=0' },
  { type: 'consume-candidate', room: 'call', consumerId: 'c1', candidate: 'candidate:1 1 udp 1 192.0.2.1 1 typ host' },
  { type: 'quality-update', room: 'call', consumerId: 'c1', layer: 'auto' },
  { type: 'bandwidth-update', room: 'call', availableKbps: 64, lossShare: 0.1 },
];
