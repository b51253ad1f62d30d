import { describe, expect, it } from 'vitest';
import { CHECKPOINT_RECORDS, Trace, type TraceEntry } from '../../../sim/kernel/index.js';

function hashOf(write: (trace: Trace, clock: { nowUs: number }) => void): string {
  const clock = { nowUs: 0 };
  const trace = new Trace(clock);
  write(trace, clock);
  return trace.hash;
}

describe('Trace', () => {
  it('depends on time, host, kind, key, receiver and order, and on nothing else', () => {
    const histories: ((trace: Trace, clock: { nowUs: number }) => void)[] = [
      () => {},
      (trace) => trace.record('a', 'k', 1),
      (trace, clock) => {
        clock.nowUs = 1;
        trace.record('a', 'k', 1);
      },
      (trace, clock) => {
        clock.nowUs = 0x1_0000_0000;
        trace.record('a', 'k', 1);
      },
      (trace) => trace.record('b', 'k', 1),
      (trace) => trace.record('a', 'l', 1),
      (trace) => trace.record('k', 'a', 1),
      (trace) => trace.record('a', 'k', 2),
      (trace) => trace.record('a', 'k', -1),
      (trace) => trace.record('a', 'k', 1.5),
      (trace) => trace.record('a', 'k', 0x1_0000_0001),
      (trace) => trace.record('a', 'k', Number.NaN),
      (trace) => trace.record('a', 'k', '1'),
      (trace) => trace.record('a', 'k', ''),
      (trace) => trace.record('a', 'k', 'ab'),
      (trace) => trace.record('a', 'k', 'ba'),
      (trace) => trace.message('a', 'b', 'k', 1),
      (trace) => trace.message('b', 'a', 'k', 1),
      (trace) => {
        trace.record('a', 'k', 1);
        trace.record('a', 'k', 2);
      },
      (trace) => {
        trace.record('a', 'k', 2);
        trace.record('a', 'k', 1);
      },
    ];
    const hashes = histories.map(hashOf);
    expect(new Set(hashes).size).toBe(histories.length);
    expect(histories.map(hashOf)).toEqual(hashes);
    expect(hashes.every((hash) => /^[0-9a-f]{16}$/.test(hash))).toBe(true);
    expect(hashOf((trace) => trace.record('a', 'k', 1, { free: 'text' }))).toBe(hashes[1]);
  });

  it('does not depend on which names were seen first', () => {
    const names = (trace: Trace): void => {
      for (let index = 0; index < 300; index++) trace.record(`host${index}`, 'k', index);
    };
    const clock = { nowUs: 0 };
    const trace = new Trace(clock);
    names(trace);
    expect(trace.hash).toBe(hashOf(names));
  });

  it('keeps a checkpoint every 1024 records, equal to the hash at that moment', () => {
    const trace = new Trace({ nowUs: 0 });
    const expected: string[] = [];
    for (let index = 1; index <= 100 * CHECKPOINT_RECORDS + 5; index++) {
      trace.record('a', 'k', index);
      if (index % CHECKPOINT_RECORDS === 0) expected.push(trace.hash);
    }
    expect(trace.checkpoints).toEqual(expected);
    expect(trace.recordCount).toBe(100 * CHECKPOINT_RECORDS + 5);
  });

  it('remembers the last 512 records', () => {
    const clock = { nowUs: 0 };
    const trace = new Trace(clock);
    trace.record('a', 'first', 'x', { why: 1 });
    expect(trace.recent(10)).toEqual([{ atUs: 0, host: 'a', kind: 'first', key: 'x', detail: { why: 1 } }]);
    for (let index = 0; index < 1000; index++) {
      clock.nowUs = index;
      trace.message('a', 'b', 'k', index);
    }
    expect(trace.recent(2)).toEqual([
      { atUs: 998, host: 'a', to: 'b', kind: 'k', key: 998 },
      { atUs: 999, host: 'a', to: 'b', kind: 'k', key: 999 },
    ]);
    expect(trace.recent(10_000)).toHaveLength(512);
    expect(trace.recent(0)).toEqual([]);
  });

  it('hands every record to the sink, or those of its window', () => {
    const written = (window: { fromRecord?: number; toRecord?: number }): unknown[] => {
      const entries: TraceEntry[] = [];
      const trace = new Trace({ nowUs: 5 }, { ...window, write: (entry) => entries.push(entry) });
      for (let index = 0; index < 5; index++) trace.record('a', 'k', index);
      return entries.map((entry) => entry.key);
    };
    expect(written({})).toEqual([0, 1, 2, 3, 4]);
    expect(written({ fromRecord: 1, toRecord: 3 })).toEqual([1, 2]);
    expect(written({ fromRecord: 3 })).toEqual([3, 4]);
  });

  it('has not changed its hash (pinned: all recorded hashes depend on it)', () => {
    const hash = hashOf((trace, clock) => {
      for (let index = 0; index < 3000; index++) {
        clock.nowUs = index * 2_000_003;
        trace.record(`client${index % 7}`, 'timer', index);
        trace.message('client1', `backend${index % 3}`, 'join', `channel:${index}:é`);
        trace.record('redis', 'rtt', index / 7);
      }
    });
    expect(hash).toBe('1287d344c61d24c3');
  });
});
