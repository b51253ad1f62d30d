import { z } from 'zod';

const positive = (description: string) => z.number().gt(0).max(1e9).describe(description);
const atLeast0 = (description: string) => z.number().min(0).max(1e9).default(0).describe(description);

/** Fields of a profile that cost or limit something. */
export const nodeResources = {
  cores: positive('Cores (vCPU, as the measurement counts them).'),
  coreUsPerPacketIn: atLeast0('CPU for a packet of voice that arrives. Unit: microseconds of one core. Default: 0.'),
  coreUsPerPacketOut: atLeast0('CPU for a copy that is sent. Unit: microseconds of one core. Default: 0.'),
  coresPerParticipant: atLeast0(
    'CPU that a participant costs, whatever is said. For figures that are given a head. Unit: cores. Default: 0.',
  ),
  idleCores: atLeast0('CPU that the process costs without anybody. Unit: cores. Default: 0.'),
  memoryMB: positive('Memory of the machine. Unit: MB.'),
  baseMemoryMB: atLeast0('Memory without anybody. Unit: MB. Default: 0.'),
  memoryMBPerParticipant: atLeast0('Memory of a participant. Unit: MB. Default: 0.'),
  memoryMBPerRouter: atLeast0('Memory of a room. Unit: MB. Default: 0.'),
  cardMbps: z
    .number()
    .gt(0)
    .max(1e6)
    .nullable()
    .default(null)
    .describe('Network card, each direction; null: no limit. Unit: Mbit/s. Default: null.'),
} as const;

/** What packets and people cost on one kind of SFU node: measured or claimed by somebody, at some time. */
export const nodeProfileSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .regex(/^[\w.-]+$/, 'must be letters, digits, dots, dashes'),
  source: z.string().default('').describe('Who has measured or claimed it, and where.'),
  date: z.string().default('').describe('When: a year, a month or a day, as the source says it.'),
  note: z.string().default('').describe('What is assumed where the source says nothing.'),
  ...nodeResources,
});

export type NodeProfile = z.output<typeof nodeProfileSchema>;
