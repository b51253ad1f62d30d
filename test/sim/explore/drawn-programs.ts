import fc from 'fast-check';
import type { Act, Program } from './small-program.js';

const KEYS = ['x', 'y', 'z'] as const;
/** What an event reads ends up in a register of its lane, and what it writes depends on that: so states tell classes apart. */
const step = (lane: string, id: number, reads: readonly string[], writes: readonly string[]): Act => ({
  reads,
  writes,
  run: (store) => {
    let register = store.get(`of ${lane}`) ?? 0;
    for (const key of [...reads, ...writes]) register = (register * 31 + (store.get(key) ?? 0) + 7) % 1_000_003;
    store.set(`of ${lane}`, register);
    for (const key of writes) store.set(key, (register * 17 + id) % 1_000_003);
  },
});
const accesses = fc.record({
  reads: fc.subarray([...KEYS], { maxLength: 1 }),
  writes: fc.subarray([...KEYS], { maxLength: 1 }),
  atUs: fc.integer({ min: 0, max: 12 }),
  pushes: fc.boolean(),
});
type Accesses = {
  readonly reads: string[];
  readonly writes: string[];
  readonly atUs: number;
  readonly pushes: boolean;
};
/** What the events of two or three lanes touch. */
export const lists = fc.array(fc.array(accesses, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });

/** No event reads the clock, and nothing depends on it: all are due at once, and some push one more to another lane. */
export const untimed = (all: readonly (readonly Accesses[])[]): Program =>
  Object.fromEntries(
    all.map((list, lane) => [
      `lane ${lane}`,
      list.map(({ reads, writes, pushes }, place): Act => {
        const act = step(`lane ${lane}`, 10 * lane + place, reads, writes);
        if (!pushes || place > 0) return act;
        return {
          ...act,
          next: [{ ...step(`late ${lane}`, 100 + lane, writes, reads), lane: `late ${lane}`, afterUs: 0 }],
        };
      }),
    ]),
  );
/** Events have their times, and the world looks at everything now and then. */
export const timed = (all: readonly (readonly Accesses[])[], looks: readonly number[]): Program => ({
  ...Object.fromEntries(
    all.map((list, lane) => [
      `lane ${lane}`,
      list.map(({ reads, writes, atUs }, place) => ({
        ...step(`lane ${lane}`, 10 * lane + place, reads, writes),
        atUs,
      })),
    ]),
  ),
  world: looks.map((atUs, look) => ({ ...step('world', 1_000 + look, [...KEYS], ['x']), atUs })),
});
