import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLinearizability } from '../../../../sim/oracles/linearizability/index.js';
import { bruteForce } from './brute-force.js';
import { mutatedHistory, realHistory, subjects } from './histories.js';

describe.each(subjects)('%s', (_, subject) => {
  const { model } = subject;

  test('what has really happened is linearizable, and the order given explains it', () => {
    void fc.assert(
      fc.property(realHistory(subject, 60), (history) => {
        const verdict = checkLinearizability(model, history);
        expect(verdict.answer).toBe('linearizable');
        if (verdict.answer !== 'linearizable') return;
        const { order } = verdict;
        let state = model.init;
        order.forEach(({ input, output, callAt }, index) => {
          const step = model.step(state, input, output);
          expect(step.ok).toBe(true);
          state = step.state;
          for (const later of order.slice(index + 1)) expect(later.returnAt).toBeGreaterThanOrEqual(callAt);
        });
        const answered = history.filter(({ returnAt }) => returnAt !== Number.POSITIVE_INFINITY);
        for (const operation of answered) expect(order).toContain(operation);
        expect(new Set(order).size).toBe(order.length);
      }),
      { numRuns: 150 },
    );
  });

  test('small histories are judged as by trying everything', () => {
    const answers = { yes: 0, no: 0 };
    void fc.assert(
      fc.property(mutatedHistory(subject, 7), (history) => {
        const possible = bruteForce(model, history);
        answers[possible ? 'yes' : 'no']++;
        expect(checkLinearizability(model, history).answer).toBe(possible ? 'linearizable' : 'not-linearizable');
      }),
      { numRuns: 1_500 },
    );
    // the property says something only if both occur
    expect(Math.min(answers.yes, answers.no)).toBeGreaterThan(100);
  });

  test('the prefix of a failure has no explanation, and without its last return it has one', () => {
    void fc.assert(
      fc.property(mutatedHistory(subject, 7), (history) => {
        const verdict = checkLinearizability(model, history);
        if (verdict.answer !== 'not-linearizable') return;
        const { culprit, prefix } = verdict;
        // what returned later has, at that moment, not returned yet
        const called = history.filter(({ callAt }) => callAt <= culprit.returnAt);
        expect(called).toHaveLength(prefix);
        const until = (open: (operation: (typeof called)[number]) => boolean) =>
          called.map((operation) =>
            open(operation) ? { ...operation, output: undefined, returnAt: Number.POSITIVE_INFINITY } : operation,
          );
        expect(
          bruteForce(
            model,
            until(({ returnAt }) => returnAt > culprit.returnAt),
          ),
        ).toBe(false);
        const sooner = until((operation) => operation === culprit || operation.returnAt >= culprit.returnAt);
        expect(bruteForce(model, sooner)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
