import { z } from 'zod';

const expectationSchema = z.union([
  z.string().min(1),
  z.strictObject({
    expect: z.string().min(1).describe('For example p(95)<200.'),
    level: z
      .enum(['fail', 'warn'])
      .default('fail')
      .describe('warn: reported, does not change the verdict. Default: fail.'),
    over: z
      .enum(['worst', 'best', 'median', 'mean', 'pooled'])
      .optional()
      .describe(
        'How deadair gate makes one value of those of several seeds; pooled: of the samples of all of them together (counters and gauges have one value a seed: there the worst counts). Default: that of the suite, else worst.',
      ),
  }),
]);

/** Service levels: metric name to expressions in the grammar of k6 thresholds (see `slo/parse-expectation.ts`). */
export const expectationsSchema = z
  .record(z.string(), z.array(expectationSchema).min(1))
  .default({})
  .describe("Service levels, e.g. join_latency_ms: ['p(95)<200', { expect: 'p(99)<400', level: warn }].");
