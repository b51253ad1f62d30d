import { z } from 'zod';
import { defaultNodeLimits } from '../../sfu/capacity/node-limits.js';
import { nodeProfileSchema, nodeResources } from '../../sfu/capacity/node-profile.js';

const limits = defaultNodeLimits;
const share = (description: string, value: number) =>
  z.number().gt(0).max(10).default(value).describe(`${description} 1 is all there is. Default: ${value}.`);
const resources = nodeResources;
const instead = <T extends z.ZodType>(schema: T): z.ZodOptional<T> =>
  schema.optional().describe(`${schema.description} Default: the profile's.`);

/** The machines that SFU nodes run on: what packets and people cost there, and when it is too much. */
const sfuNodeSchema = z.strictObject({
  profile: z
    .string()
    .min(1)
    .default('rtcd-c7i.2xlarge')
    .describe(
      'Published figures: rtcd-c7i.xlarge, rtcd-c7i.2xlarge, livekit-16, mediasoup-worker, documents-d5. Default: rtcd-c7i.2xlarge.',
    ),
  profileFile: z
    .string()
    .min(1)
    .optional()
    .describe('Your own figures: a file that `deadair calibrate --out` has written; read when the scenario is loaded.'),
  profileData: nodeProfileSchema.optional().describe('What stands in such a file.'),
  cores: instead(resources.cores),
  coreUsPerPacketIn: instead(resources.coreUsPerPacketIn),
  coreUsPerPacketOut: instead(resources.coreUsPerPacketOut),
  coresPerParticipant: instead(resources.coresPerParticipant),
  idleCores: instead(resources.idleCores),
  memoryMB: instead(resources.memoryMB),
  baseMemoryMB: instead(resources.baseMemoryMB),
  memoryMBPerParticipant: instead(resources.memoryMBPerParticipant),
  memoryMBPerRouter: instead(resources.memoryMBPerRouter),
  cardMbps: instead(resources.cardMbps),
  overloadShare: share(
    'Share of CPU or card from which a node takes no new rooms and participants; those inside stay.',
    limits.overloadShare,
  ),
  recoverShare: share('Share at which it takes them again; below overloadShare.', limits.recoverShare),
  memoryFullShare: share('Share of memory above which it takes nobody new.', limits.memoryFullShare),
  participantsMax: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .default(limits.participantsMax)
    .describe('Participants of all rooms of a node; null: as many as fit. Default: null.'),
  queueMs: z
    .number()
    .gt(0)
    .max(10_000)
    .default(limits.queueMs)
    .describe(`Packets that would wait longer for the CPU are dropped. Unit: ms. Default: ${limits.queueMs}.`),
  fallback: z
    .enum(['none', 'lowest-layer'])
    .default(limits.fallback)
    .describe(
      'What an overloaded node leaves out (D7, audio only): lowest-layer forwards 16 kbit/s of every voice, which relieves the card. Default: none.',
    ),
});

/** Nodes come and go with the load (D6). */
const autoscaleSchema = z.strictObject({
  min: z.int().min(1).max(1_000).default(3).describe('Nodes at least, and at first. Default: 3.'),
  max: z.int().min(1).max(1_000).default(10).describe('Nodes at most. Default: 10.'),
  cpuUpShare: z.number().gt(0).max(1).default(0.7).describe('One more above this mean share of CPU. Default: 0.7.'),
  memoryUpShare: z.number().gt(0).max(1).default(0.8).describe('Or of memory. Default: 0.8.'),
  downShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.75)
    .describe(
      'One less when the others would then stay below this part of both. 1: as soon as they fit; smaller: later. Default: 0.75.',
    ),
  everyS: z.number().min(1).max(3_600).default(15).describe('How often it looks. Unit: s. Default: 15.'),
  startS: z.number().min(0).max(3_600).default(60).describe('From the order to a running node. Unit: s. Default: 60.'),
  cooldownS: z
    .number()
    .min(0)
    .max(86_400)
    .default(180)
    .describe(
      'Pause after a change before the next step down; up waits for the nodes that start. Unit: s. Default: 180.',
    ),
  drainS: z
    .number()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('A node that is to go is stopped when it is empty, or after this. Unit: s. Default: 300.'),
});

/** Servers of the simulated deployment. */
export const topologySchema = z.strictObject({
  backends: z.int().min(1).max(100).default(3).describe('Signalling backends behind the balancer. Default: 3.'),
  sfuNodes: z.int().min(1).max(1_000).optional().describe('SFU nodes. Default: one for every 200 clients, at least 3.'),
  sfuNode: sfuNodeSchema
    .optional()
    .describe(
      'Limits of SFU nodes: CPU, memory, card. Default: none; a node takes 300 participants, and forwards on one core.',
    ),
  autoscale: autoscaleSchema
    .optional()
    .describe('Nodes come and go with the load. Needs sfuNode. Default: they do not.'),
  sites: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Sites (see network.siteDelaysMs) of backends and SFU nodes, taken in turn; policy.placement region goes by them. Default: all servers at one.',
    ),
  redis: z
    .strictObject({
      replicas: z.int().min(0).max(10).default(2).describe('Replicas of the Redis primary. Default: 2.'),
      sentinels: z
        .int()
        .min(0)
        .max(15)
        .default(3)
        .describe('Sentinels that watch the primary; 0 means that nobody fails over. Default: 3.'),
    })
    .prefault({})
    .describe('The Redis deployment: one primary and what stands around it.'),
});
