import { z } from 'zod';

/** Servers of the simulated deployment. */
export const topologySchema = z.strictObject({
  backends: z.int().min(1).max(100).default(3).describe('Signalling backends behind the balancer. Default: 3.'),
  sfuNodes: z.int().min(1).max(1_000).optional().describe('SFU nodes. Default: one for every 200 clients, at least 3.'),
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
