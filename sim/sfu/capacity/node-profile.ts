import { z } from 'zod';

const positive = (description: string) => z.number().gt(0).max(1e9).describe(description);
const cost = (description: string) => z.number().min(0).max(1e9).describe(description);

/** Fields of a profile that cost or limit something. */
export const nodeResources = {
  cores: positive('Cores (vCPU, as the measurement counts them).'),
  coreUsPerPacketIn: cost('CPU for a packet of voice that arrives. Unit: microseconds of one core.'),
  coreUsPerPacketOut: cost('CPU for a copy that is sent. Unit: microseconds of one core.'),
  coresPerParticipant: cost(
    'CPU that a participant costs, whatever is said: for figures that are given a head. Unit: cores.',
  ),
  idleCores: cost('CPU that the process costs without anybody. Unit: cores.'),
  memoryMB: positive('Memory of the machine. Unit: MB.'),
  baseMemoryMB: cost('Memory in use without anybody. Unit: MB.'),
  memoryMBPerParticipant: cost('Memory of a participant. Unit: MB.'),
  memoryMBPerRouter: cost('Memory of a room. Unit: MB.'),
  cardMbps: positive('Network card, each direction. Unit: Mbit/s.')
    .nullable()
    .describe('Network card, each direction; null: no limit. Unit: Mbit/s.'),
} as const;

/** What packets and people cost on one kind of SFU node: measured or claimed by somebody, at some time. What is left out costs nothing. */
export const nodeProfileSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .regex(/^[\w.-]+$/, 'must be letters, digits, dots, dashes')
    .describe('What to call it.'),
  source: z.string().default('').describe('Who has measured or claimed it, and where.'),
  date: z.string().default('').describe('When: a year, a month or a day, as the source says it.'),
  note: z.string().default('').describe('What is assumed where the source says nothing.'),
  ...nodeResources,
  coreUsPerPacketIn: nodeResources.coreUsPerPacketIn.default(0),
  coreUsPerPacketOut: nodeResources.coreUsPerPacketOut.default(0),
  coresPerParticipant: nodeResources.coresPerParticipant.default(0),
  idleCores: nodeResources.idleCores.default(0),
  baseMemoryMB: nodeResources.baseMemoryMB.default(0),
  memoryMBPerParticipant: nodeResources.memoryMBPerParticipant.default(0),
  memoryMBPerRouter: nodeResources.memoryMBPerRouter.default(0),
  cardMbps: nodeResources.cardMbps
    .default(null)
    .describe('Network card, each direction; null: no limit. Unit: Mbit/s.'),
});

export type NodeProfile = z.output<typeof nodeProfileSchema>;
