import * as crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { performance as hookedPerformance } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import { setTimeout as importedSetTimeout } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { EPOCH_MS, LeakError, Simulation } from '../../../sim/kernel/index.js';

const nothing = (): void => {};

/** One leak a line: the line of the table is the call site that the error must name. */
const leaks: [name: string, leak: () => unknown][] = [
  ['Date.now()', () => Date.now()],
  ['new Date()', () => new Date()],
  ['Date()', () => Date()],
  ['new Date()', () => new (new Date(5).constructor as DateConstructor)()],
  ['new Date()', () => new (class extends Date {})()],
  ['Math.random()', () => Math.random()],
  ['setTimeout()', () => setTimeout(nothing, 1)],
  ['setTimeout()', () => importedSetTimeout(nothing, 1)],
  ['setInterval()', () => setInterval(nothing, 1)],
  ['setImmediate()', () => setImmediate(nothing)],
  ['performance.now()', () => performance.now()],
  ['performance.now()', () => hookedPerformance.now()],
  ['process.hrtime()', () => process.hrtime()],
  ['process.hrtime()', () => hrtime()],
  ['process.hrtime.bigint()', () => process.hrtime.bigint()],
  ['crypto.randomUUID()', () => globalThis.crypto.randomUUID()],
  ['crypto.getRandomValues()', () => globalThis.crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.randomUUID()', () => crypto.randomUUID()],
  ['crypto.getRandomValues()', () => crypto.getRandomValues(new Uint8Array(1))],
  ['crypto.getRandomValues()', () => crypto.webcrypto.getRandomValues(new Uint8Array(1))],
  ['crypto.randomBytes()', () => crypto.randomBytes(1)],
  ['crypto.randomInt()', () => crypto.randomInt(5)],
];

/** Runs a world with one event, and answers the error it rejects with. */
async function leakOf(event: (simulation: Simulation) => void): Promise<LeakError> {
  const simulation = new Simulation({ seed: 1 });
  simulation.at(1_500_000, () => event(simulation));
  const error = await simulation.run({ untilUs: 2e6 }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LeakError);
  return error as LeakError;
}

/** Does everything of the table, which outside of a world must work. */
function useAll(): void {
  for (const [trapped, use] of leaks) {
    const result = use();
    if (/set(Timeout|Interval)/.test(trapped)) clearTimeout(result as NodeJS.Timeout);
  }
}

describe('LeakGuard', () => {
  it.each(leaks)('traps %s and names the call site (%#)', async (trapped, leak) => {
    const error = await leakOf(leak);
    const here = lineOf(leak);
    expect(error).toMatchObject({ code: 'kernel.leak', trapped, callSite: here });
    expect(error.message).toMatch(`${trapped} was called at ${here}`);
    expect(error.stack).toContain(error.message);
  });

  it('traps in the microtasks that an event woke', async () => {
    const error = await leakOf((simulation) => {
      simulation.wake();
      void (async () => {
        for (let link = 0; link < 20; link++) await null;
        Date.now();
      })();
    });
    expect(error.trapped).toBe('Date.now()');
  });

  it('fails the run even when the error is swallowed', async () => {
    const swallowedInEvent = await leakOf(() => {
      try {
        Math.random();
      } catch {}
    });
    expect(swallowedInEvent.trapped).toBe('Math.random()');
    const swallowedInPromise = await leakOf((simulation) => {
      simulation.wake();
      void Promise.resolve()
        .then(() => setTimeout(nothing, 1))
        .catch(nothing);
    });
    expect(swallowedInPromise.trapped).toBe('setTimeout()');
  });

  it('lets through what does not ask the machine', async () => {
    const simulation = new Simulation({ seed: 1 });
    const date = new Date(5);
    simulation.at(1, () => {
      expect(new Date(1000).toISOString()).toBe('1970-01-01T00:00:01.000Z');
      expect(new Date(2020, 0).getFullYear()).toBe(2020);
      expect(Date.UTC(1970, 0)).toBe(0);
      expect(Date.parse('1970-01-01T00:00:00Z')).toBe(0);
      expect(date).toBeInstanceOf(Date);
      expect(new Date(5)).toEqual(date);
      expect(structuredClone(new Date(5))).toBeInstanceOf(Date);
      process.nextTick(nothing);
      queueMicrotask(nothing);
    });
    await simulation.run({ untilUs: 10 });
  });

  it('is disarmed after a run, whether it ended well or not', async () => {
    await new Simulation({ seed: 1 }).run({ untilUs: 1 });
    useAll();
    await leakOf(() => Date.now());
    useAll();
    // biome-ignore lint/complexity/useDateNow: both are to be tried
    expect(Math.abs(Date.now() - Number(new Date()))).toBeLessThan(1000);
  });

  it('never meets timers, immediates and I/O of the process around the world', async () => {
    const simulation = new Simulation({ seed: 1 });
    const again = (): void => {
      simulation.wake();
      simulation.after(1, again);
    };
    again();
    const met = { timer: 0, immediate: 0, promise: 0 };
    const timer = setInterval(() => {
      met.timer += Date.now() > 0 ? 1 : 0;
      void Promise.resolve().then(() => {
        met.promise += Math.random() < 1 ? 1 : 0;
      });
    }, 1);
    const immediately = (): void => {
      met.immediate += performance.now() > 0 ? 1 : 0;
      if (met.immediate < 100) setImmediate(immediately);
    };
    immediately();
    await simulation.run({ untilUs: 100_000 });
    clearInterval(timer);
    expect(met.timer).toBeGreaterThan(0);
    expect(met.promise).toBe(met.timer);
    expect(met.immediate).toBe(100);
  });

  it('keeps timers promisifiable', async () => {
    const { promisify } = await import('node:util');
    await expect(promisify(setTimeout)(1, 'later')).resolves.toBe('later');
  });

  describe('virtually', () => {
    // biome-ignore lint/complexity/useDateNow: both are to be tried
    const look = (): unknown[] => [Date.now(), Number(new Date()), Date.parse(Date()), Math.random(), Math.random()];

    it('answers virtual time and a labelled stream, and traps the rest', async () => {
      const looks: unknown[][] = [];
      for (let run = 0; run < 2; run++) {
        const simulation = new Simulation({ seed: 1 });
        simulation.at(2_500_000, () => {
          looks.push(simulation.guard.virtually(look));
          expect(() => simulation.guard.virtually(() => performance.now())).toThrow(LeakError);
          simulation.guard.leak = null;
        });
        await simulation.run({ untilUs: 3e6 });
      }
      const [now, ofDate, ofText, first, second] = looks[0]!;
      expect([now, ofDate, ofText]).toEqual([EPOCH_MS + 2500, EPOCH_MS + 2500, EPOCH_MS + 2000]);
      expect(first).not.toBe(second);
      expect(looks[1]).toEqual(looks[0]);
    });

    it('traps again afterwards, also when the function threw', async () => {
      const error = await leakOf((simulation) => {
        expect(() =>
          simulation.guard.virtually(() => {
            throw new Error('inside');
          }),
        ).toThrow('inside');
        Date.now();
      });
      expect(error.trapped).toBe('Date.now()');
    });

    it('works while a world is being built, and leaves the machine alone after', () => {
      const { guard } = new Simulation({ seed: 1 });
      expect(guard.virtually(() => Date.now())).toBe(EPOCH_MS);
      expect(Date.now()).toBeGreaterThan(EPOCH_MS + 1e9);
    });
  });
});

/** Where the table above has this function, as the guard should name it. */
function lineOf(leak: () => unknown): string {
  const lines = readFileSync('test/sim/kernel/leak-guard.test.ts', 'utf8').split('\n');
  const first = lines.findIndex((line) => line.startsWith("  ['Date.now()',")) + 1;
  return `test/sim/kernel/leak-guard.test.ts:${first + leaks.findIndex(([, entry]) => entry === leak)}`;
}
