import { type NodeProfile, nodeProfileSchema } from './node-profile.js';

const RTCD = {
  source:
    'Mattermost Calls deployment documentation, results of performance tests (Mattermost v9.6, rtcd v0.16.0), rows without screen sharing; AWS c7i',
  date: '2024-04',
  note: 'Fit of the three rows with 1 000 participants or more in scenarios/capacity/measured/rtcd-voice.csv; the rows of 100 and 250 calls are kept to check it. Card: "up to 12.5 Gbit/s".',
  coreUsPerPacketIn: 49.38,
  coreUsPerPacketOut: 17.13,
  baseMemoryMB: 590,
  memoryMBPerParticipant: 0.86,
  cardMbps: 12_500,
} as const;

/**
 * Published figures of SFU nodes. Those of rtcd are what `deadair calibrate` makes of the rows; a test does it again. None is a
 * promise for another program or machine: measure yours and calibrate.
 */
const PROFILES = [
  { name: 'rtcd-c7i.xlarge', cores: 4, memoryMB: 8_192, ...RTCD },
  { name: 'rtcd-c7i.2xlarge', cores: 8, memoryMB: 16_384, ...RTCD },
  {
    name: 'livekit-16',
    source:
      'LiveKit documentation, benchmarks, audio only: 10 publishers, 3 000 listeners, 305 packets/s in, 959 156 out, 80 % of 16 cores (c2-standard-16)',
    date: '2022',
    note: 'With 305 packets/s coming in, the row says nothing of their cost: that of rtcd stands in. It has no memory either: rtcd again. Card: 32 Gbit/s.',
    cores: 16,
    coreUsPerPacketIn: RTCD.coreUsPerPacketIn,
    coreUsPerPacketOut: 13.33,
    memoryMB: 65_536,
    baseMemoryMB: RTCD.baseMemoryMB,
    memoryMBPerParticipant: RTCD.memoryMBPerParticipant,
    cardMbps: 32_000,
  },
  {
    name: 'mediasoup-worker',
    source: 'mediasoup documentation, scalability: about 500 consumers in a worker, which is one core',
    date: '2023',
    note: 'Taken as 500 consumers of one voice each, 50 packets/s: 40 us a copy at most. The cost of what comes in is ours (as a copy), as is the memory.',
    cores: 1,
    coreUsPerPacketIn: 40,
    coreUsPerPacketOut: 40,
    memoryMB: 2_048,
    baseMemoryMB: 100,
    memoryMBPerParticipant: 1,
    cardMbps: 10_000,
  },
  {
    name: 'documents-d5',
    source:
      "The calls document's own plan (D5, D8): a participant costs 1.5 % of an 8-core server and 60 MB, a router 20 MB",
    date: '2025',
    note: 'Nobody has measured it. The price in D8 is that of a c5.2xlarge: 8 vCPU, 16 GiB, up to 10 Gbit/s.',
    cores: 8,
    coresPerParticipant: 0.12,
    memoryMB: 16_384,
    memoryMBPerParticipant: 60,
    memoryMBPerRouter: 20,
    cardMbps: 10_000,
  },
] as const;

/** The profiles by name. */
export const NODE_PROFILES: ReadonlyMap<string, NodeProfile> = new Map(
  PROFILES.map((profile) => [profile.name, nodeProfileSchema.parse(profile)]),
);
