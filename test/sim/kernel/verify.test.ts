import { describe, expect, it } from 'vitest';
import { Simulation, type Trace, type TraceSink, verify } from '../../../sim/kernel/index.js';

/** 5 000 records, one a millisecond; `keyOf` decides the key of each, `count` how many. */
async function world(
  traceSink: TraceSink | undefined,
  keyOf: (record: number) => number,
  count = 5000,
): Promise<Trace> {
  const simulation = new Simulation({ seed: 1, ...(traceSink === undefined ? {} : { traceSink }) });
  const step = (record: number): void => {
    simulation.trace.record('backend-1', 'step', keyOf(record), { free: 'text' });
    if (record + 1 < count) simulation.after(1000, step, record + 1);
  };
  simulation.at(0, step, 0);
  await simulation.run({ untilUs: 1e9 });
  return simulation.trace;
}

describe('verify', () => {
  it('confirms a deterministic world in two runs', async () => {
    let runs = 0;
    const verification = await verify((sink) => {
      runs++;
      return world(sink, (record) => record);
    });
    expect(verification).toMatchObject({ deterministic: true, recordCount: 5000 });
    expect(runs).toBe(2);
  });

  // 1023 and 1024 lie on both sides of a checkpoint, 4999 after the last one.
  it.each([0, 1023, 1024, 3210, 4999])('finds a counter that outlives the run, at record %i', async (culprit) => {
    let outlives = 0;
    const verification = await verify((sink) => world(sink, (record) => (record >= culprit ? outlives++ : record)));
    expect(verification).toMatchObject({
      deterministic: false,
      difference: {
        record: culprit,
        first: { atUs: culprit * 1000, host: 'backend-1', kind: 'step' },
        second: { atUs: culprit * 1000, host: 'backend-1', kind: 'step' },
      },
    });
    expect(verification.message).toContain(
      `first difference at record ${culprit}:\n  run 1: ${(culprit / 1000).toFixed(6)} s`,
    );
  });

  it.each([4000, 4096])('says when one run ends earlier, after %i records', async (end) => {
    let runs = 0;
    const verification = await verify((sink) => world(sink, (record) => record, runs++ % 2 === 0 ? 5000 : end));
    expect(verification).toMatchObject({ deterministic: false, difference: { record: end, second: null } });
    expect(verification.message).toContain('run 2: had ended');
  });

  it('follows a difference that moves from run to run', async () => {
    let runs = 0;
    const verification = await verify((sink) => {
      const run = runs++;
      const culprit = run < 2 ? 3000 : 100;
      return world(sink, (record) => (record === culprit ? -run : record));
    });
    expect(verification).toMatchObject({ deterministic: false, difference: { record: 100 } });
  });

  it('says so when the difference does not come back', async () => {
    let runs = 0;
    const verification = await verify((sink) => {
      const key = runs++ === 0 ? -1 : 1;
      return world(sink, () => key, 10);
    });
    expect(verification).toMatchObject({ deterministic: false, difference: null });
    expect(verification.message).toContain('comes and goes');
  });

  it('passes on the error of a run', async () => {
    await expect(verify(() => Promise.reject(new Error('no world')))).rejects.toThrow('no world');
  });
});
