import { z } from 'zod';
import { networkOptionsSchema } from '../../net/network-options.js';

const options = networkOptionsSchema.shape;

/** The links: the options of `sim/net`, and which of its profiles the clients have. */
export const networkSchema = z.strictObject({
  clientProfiles: z
    .record(z.string().min(1), z.number().min(0).max(1_000_000))
    .default({ wifi: 1 })
    .describe('Access networks of the clients: name of a profile and its weight. Default: everyone on wifi.'),
  clientSites: z
    .record(z.string().min(1), z.number().min(0).max(1_000_000))
    .default({})
    .describe(
      'Where the clients are: name of a site (see siteDelaysMs) and its weight. Default: each at a place of its own.',
    ),
  relay: z
    .strictObject({
      share: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe(
          'Share of pairs of clients between which nothing gets directly, so that they need a TURN server; usual are 0.15 to 0.22. Profiles with a symmetric `nat` need one besides. Default: 0.',
        ),
      servers: z
        .int()
        .min(0)
        .max(100)
        .optional()
        .describe('TURN servers. Default: 3 when any pair may need one, else none.'),
      sites: z
        .array(z.string().min(1))
        .default([])
        .describe('Sites of the TURN servers, taken in turn. Default: where all servers are.'),
    })
    .prefault({})
    .describe('Relays for peer-to-peer links.'),
  traceFiles: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe(
      'Capacity traces in mahimahi format: name and path of the file; read into `traces` when the scenario is loaded.',
    ),
  defaultProfile: options.defaultProfile.describe(
    'Access link of hosts without one of their own. Default: datacenter.',
  ),
  profileByKind: options.profileByKind.describe('Access link by kind of host. Default: none.'),
  profiles: options.profiles.describe('Further profiles by name. Default: none.'),
  traces: options.traces.describe('Capacity traces by name: text in mahimahi format. Default: none.'),
  backboneDelayMs: options.backboneDelayMs.describe(
    'One-way delay between hosts of different sites. Unit: ms. Default: 10.',
  ),
  siteDelaysMs: options.siteDelaysMs.describe('One-way delays between named sites. Unit: ms. Default: none.'),
  loopbackDelayMs: options.loopbackDelayMs.describe('One-way delay of a host to itself. Unit: ms. Default: 0.02.'),
  messageBytes: options.messageBytes.describe(
    'Size on the wire of a message for which none is named. Unit: bytes. Default: 256.',
  ),
  segmentBytes: options.segmentBytes.describe('Bytes that travel in one packet. Unit: bytes. Default: 1 460.'),
  connectionTimeoutMs: options.connectionTimeoutMs.describe(
    'A stalled connection is given up after this. Unit: ms. Default: 20 000.',
  ),
  connectTimeoutMs: options.connectTimeoutMs.describe(
    'A connect without an answer is given up after this. Unit: ms. Default: 10 000.',
  ),
  connectRetryMs: options.connectRetryMs.describe(
    'First retransmission of a lost connect packet. Unit: ms. Default: 1 000.',
  ),
  keepAliveMs: options.keepAliveMs.describe(
    'How soon an idle connection notices that its peer is gone. Unit: ms. Default: 15 000.',
  ),
  retransmitMinMs: options.retransmitMinMs.describe('Smallest retransmission time-out. Unit: ms. Default: 200.'),
  retransmitMaxMs: options.retransmitMaxMs.describe('Largest retransmission time-out. Unit: ms. Default: 120 000.'),
});
