import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunProgress, Simulation } from '../../../sim/kernel/index.js';

const nothing = (): void => {};

describe('Simulation', () => {
  it('runs events by time, equal times in the order of scheduling, and time never goes back', async () => {
    const delays = fc.array(fc.record({ delayUs: fc.nat(20), childUs: fc.option(fc.nat(20)) }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(delays, async (events) => {
        const simulation = new Simulation({ seed: 1 });
        const ran: { timeUs: number; order: number }[] = [];
        let scheduled = 0;
        const schedule = (delayUs: number, then: () => void): void => {
          const expected = { timeUs: simulation.nowUs + delayUs, order: scheduled++ };
          simulation.after(delayUs, () => {
            expect(simulation.nowUs).toBe(expected.timeUs);
            ran.push(expected);
            then();
          });
        };
        for (const { delayUs, childUs } of events) {
          schedule(delayUs, childUs === null ? nothing : () => schedule(childUs, nothing));
        }
        await simulation.run({ untilUs: 1000 });
        expect(ran).toHaveLength(scheduled);
        expect(ran).toEqual([...ran].sort((a, b) => a.timeUs - b.timeUs || a.order - b.order));
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  it('hands the argument to the callback, and cancels', async () => {
    const simulation = new Simulation({ seed: 1 });
    const ran: string[] = [];
    const push = (name: string): void => void ran.push(name);
    simulation.at(3, push, 'three');
    const cancelled = simulation.after(2, push, 'two');
    const handle = simulation.after(1, push, 'one');
    expect(simulation.cancel(cancelled)).toBe(true);
    expect(simulation.cancel(cancelled)).toBe(false);
    await simulation.run({ untilUs: 10 });
    expect(ran).toEqual(['one', 'three']);
    expect(simulation.cancel(handle)).toBe(false);
  });

  it('rounds times to whole microseconds and refuses the past', () => {
    const simulation = new Simulation({ seed: 1 });
    simulation.after(1.6, nothing);
    for (const timeUs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => simulation.at(timeUs, nothing)).toThrow(expect.objectContaining({ code: 'kernel.past' }));
      expect(() => simulation.after(timeUs, nothing)).toThrow(expect.objectContaining({ code: 'kernel.past' }));
    }
    expect(simulation.pending).toBe(1);
    return expect(simulation.run({ untilUs: Number.POSITIVE_INFINITY })).resolves.toMatchObject({ nowUs: 2 });
  });

  describe('run', () => {
    it('ends when the time is up, and goes on when called again', async () => {
      const simulation = new Simulation({ seed: 1 });
      const ran: number[] = [];
      for (const timeUs of [5, 10, 11]) simulation.at(timeUs, (at: number) => void ran.push(at), timeUs);
      expect(await simulation.run({ untilUs: 10 })).toMatchObject({ endedBy: 'time', nowUs: 10, events: 2 });
      expect(ran).toEqual([5, 10]);
      expect(await simulation.run({ untilUs: 20 })).toMatchObject({ endedBy: 'no-events', nowUs: 11, events: 1 });
      await expect(simulation.run({ untilUs: 3 })).rejects.toMatchObject({ code: 'kernel.past' });
    });

    it('ends when stopped, after the event and what it woke', async () => {
      const simulation = new Simulation({ seed: 1 });
      const ran: string[] = [];
      simulation.at(1, () => {
        simulation.stop('enough');
        simulation.wake();
        void Promise.resolve().then(() => ran.push('woken'));
        ran.push('event');
      });
      simulation.at(1, () => void ran.push('too late'));
      expect(await simulation.run({ untilUs: 10 })).toMatchObject({ endedBy: 'stop', reason: 'enough', nowUs: 1 });
      expect(ran).toEqual(['event', 'woken']);
    });

    it('rejects with the first error of an event, and runs nothing after it', async () => {
      const simulation = new Simulation({ seed: 1 });
      const error = new Error('broken');
      simulation.at(1, () => {
        throw error;
      });
      simulation.at(2, () => expect.unreachable());
      await expect(simulation.run({ untilUs: 10 })).rejects.toBe(error);
      expect(simulation.nowUs).toBe(1);
    });

    it('rejects with the reason of an unhandled rejection inside the world', async () => {
      const listeners = process.listeners('unhandledRejection');
      const simulation = new Simulation({ seed: 1 });
      const error = new Error('nobody listens');
      simulation.at(1, () => {
        simulation.wake();
        void (async () => {
          await null;
          throw error;
        })();
      });
      simulation.at(2, () => expect.unreachable());
      await expect(simulation.run({ untilUs: 10 })).rejects.toBe(error);
      expect(process.listeners('unhandledRejection')).toEqual(listeners);
    });

    it.each([
      ['nextTick', (throws: () => void) => process.nextTick(throws)],
      ['queueMicrotask', (throws: () => void) => queueMicrotask(throws)],
    ])('rejects with what is thrown in %s inside the world', async (_, later) => {
      const listeners = process.listeners('uncaughtException');
      const simulation = new Simulation({ seed: 1 });
      const error = new Error('thrown later');
      simulation.at(1, () => {
        simulation.wake();
        later(() => {
          throw error;
        });
      });
      simulation.at(2, () => expect.unreachable());
      await expect(simulation.run({ untilUs: 10 })).rejects.toBe(error);
      expect(process.listeners('uncaughtException')).toEqual(listeners);
      expect(() => Date.now()).not.toThrow();
    });

    it('rejects when the progress callback throws', async () => {
      const simulation = new Simulation({ seed: 1 });
      const again = (): void => void simulation.after(1, again);
      again();
      const onProgress = (): void => {
        throw new Error('no terminal');
      };
      await expect(simulation.run({ untilUs: 1e6, onProgress, progressEveryEvents: 10 })).rejects.toThrow(
        'no terminal',
      );
    });

    it('refuses a second run at the same time', async () => {
      const simulation = new Simulation({ seed: 1 });
      const first = simulation.run({ untilUs: 1 });
      await expect(simulation.run({ untilUs: 1 })).rejects.toMatchObject({ code: 'kernel.running' });
      await first;
    });

    it('reports progress and lets the real event loop turn', async () => {
      const simulation = new Simulation({ seed: 1 });
      const again = (): void => void simulation.after(1, again);
      again();
      let timers = 0;
      const interval = setInterval(() => timers++, 1);
      const seen: RunProgress[] = [];
      await simulation.run({ untilUs: 500_000, onProgress: (p) => seen.push(p), progressEveryEvents: 20_000 });
      clearInterval(interval);
      expect(seen.length).toBe(25);
      expect(seen[1]).toMatchObject({ totalS: 0.5, simulatedS: 0.04, events: 40_000 });
      expect(seen[1]!.eventsPerSecond).toBeGreaterThan(0);
      expect(timers).toBeGreaterThan(0);
    });

    it('has the same history with and without progress, even where an event forgets to wake', async () => {
      const history = async (progress: { onProgress?: () => void; progressEveryEvents?: number }): Promise<string> => {
        const simulation = new Simulation({ seed: 1 });
        const again = (left: number): void => {
          void Promise.resolve().then(() => simulation.trace.record('a', 'late', left));
          if (left > 0) simulation.after(1, again, left - 1);
        };
        simulation.after(1, again, 25_000);
        await simulation.run({ untilUs: 1e6, ...progress });
        return simulation.trace.hash;
      };
      expect(await history({ onProgress: nothing, progressEveryEvents: 100 })).toBe(await history({}));
    });

    it('keeps several worlds in one process apart', async () => {
      const world = (seed: number): Simulation => {
        const simulation = new Simulation({ seed });
        const stream = simulation.choices.stream('delay');
        const step = async (): Promise<void> => {
          await null;
          simulation.trace.record(
            'a',
            'step',
            simulation.guard.virtually(() => Date.now()),
          );
          simulation.after(stream.exponential(1000), () => {
            simulation.wake();
            void step();
          });
        };
        void step();
        return simulation;
      };
      const alone = world(1);
      await alone.run({ untilUs: 1e6 });
      const together = [world(1), world(2), world(1)];
      await Promise.all(together.map((simulation) => simulation.run({ untilUs: 1e6 })));
      expect(together[0]!.trace.hash).toBe(alone.trace.hash);
      expect(together[1]!.trace.hash).not.toBe(alone.trace.hash);
      expect(together[2]!.trace.hash).toBe(alone.trace.hash);
    });
  });

  describe('wake', () => {
    it('drains every microtask before the next event: 50 awaits, next ticks, and what they start', async () => {
      const simulation = new Simulation({ seed: 1 });
      const ran: string[] = [];
      const chain = async (): Promise<void> => {
        for (let link = 0; link < 50; link++) await null;
        await new Promise<void>((resolve) => process.nextTick(resolve));
        for (let link = 0; link < 50; link++) await null;
        await new Promise<void>((resolve) => queueMicrotask(resolve));
        ran.push('chain');
        simulation.at(1, () => void ran.push('scheduled by the chain'));
      };
      simulation.at(1, () => {
        simulation.wake();
        void chain();
        ran.push('event');
      });
      simulation.at(1, () => void ran.push('next event'));
      await simulation.run({ untilUs: 10 });
      expect(ran).toEqual(['event', 'chain', 'next event', 'scheduled by the chain']);
    });

    it('holds over many batches, in step with virtual time', async () => {
      const simulation = new Simulation({ seed: 1 });
      let rounds = 0;
      const sleep = (delayUs: number): Promise<void> =>
        new Promise((resolve) => {
          simulation.after(delayUs, () => {
            simulation.wake();
            resolve();
          });
        });
      const loop = async (): Promise<void> => {
        for (;;) {
          const before = simulation.nowUs;
          await sleep(3);
          expect(simulation.nowUs).toBe(before + 3);
          rounds++;
        }
      };
      void loop();
      await simulation.run({ untilUs: 3000 });
      expect(rounds).toBe(1000);
    });
  });
});
