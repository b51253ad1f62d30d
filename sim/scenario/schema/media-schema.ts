import { z } from 'zod';

/** Voice: whether and how it is simulated, who talks, how it is encoded and steered. */
export const mediaSchema = z.strictObject({
  fidelity: z
    .enum(['none', 'flow', 'packet'])
    .default('none')
    .describe(
      'none: only connections are simulated, not voice. packet: each packet of voice travels; for rooms. flow: aggregated per link and reporting interval; for thousands of clients. Default: none.',
    ),
  talk: z
    .strictObject({
      model: z
        .enum(['conversation', 'dominant', 'everyone', 'nobody'])
        .default('conversation')
        .describe(
          'conversation: two talk as in ITU-T P.59, in larger channels one or two dominate. dominant: one or two dominate always. everyone: all talk all the time. nobody: silence. Default: conversation.',
        ),
      dtx: z
        .boolean()
        .default(true)
        .describe('Discontinuous transmission: one frame every 400 ms in silence. Default: true.'),
    })
    .prefault({})
    .describe('Who talks when.'),
  codec: z
    .strictObject({
      simulcast: z
        .boolean()
        .default(true)
        .describe('Clients send three encodings (64, 32, 16 kbit/s) to an SFU; false: one. Default: true.'),
      fec: z
        .boolean()
        .default(true)
        .describe('Opus in-band FEC: each packet repairs the one before it. Default: true.'),
      extensions: z
        .boolean()
        .default(true)
        .describe('RTP header extensions: 12 bytes a packet; transport-wide feedback needs them. Default: true.'),
    })
    .prefault({})
    .describe('The Opus encoder.'),
  estimator: z
    .enum(['loss-rule', 'gcc'])
    .default('gcc')
    .describe('How senders and SFU estimate bandwidth: the simple loss rule, or one like GCC. Default: gcc.'),
  reportEveryMs: z
    .int()
    .min(100)
    .max(10_000)
    .default(1_000)
    .describe('RTCP reports, and the interval of the flow model. Unit: ms. Default: 1 000.'),
  audibleGapMs: z
    .int()
    .min(20)
    .max(60_000)
    .default(200)
    .describe('Shorter silences are concealed, or taken for a breath. Unit: ms. Default: 200.'),
});
