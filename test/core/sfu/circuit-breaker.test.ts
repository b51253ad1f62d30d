import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../../core/sfu/circuit-breaker.js';

const breaker = () => new CircuitBreaker({ failures: 3, openMs: 10_000 });

/** Failures in a row from a time on. */
function failing(times: number, fromMs = 0): CircuitBreaker {
  const made = breaker();
  for (let index = 0; index < times; index++) {
    made.allows(fromMs + index);
    made.failed(fromMs + index);
  }
  return made;
}

describe('a circuit breaker (B8)', () => {
  it('opens at the third failure in a row, and lets nothing through for 10 s', () => {
    expect(failing(2).state(2)).toBe('closed');
    const open = failing(3);
    expect(open.state(2)).toBe('open');
    expect(open.allows(10_001)).toBe(false);
  });

  it('forgets failures at a success', () => {
    const mixed = failing(2);
    mixed.succeeded();
    mixed.failed(3);
    mixed.failed(4);
    expect(mixed.state(5)).toBe('closed');
  });

  it('lets one trial through when half-open, and waits for what becomes of it', () => {
    const half = failing(3);
    expect(half.state(10_002)).toBe('half-open');
    expect(half.allows(10_002)).toBe(true);
    expect(half.allows(10_003)).toBe(false);
    half.succeeded();
    expect(half.state(10_004)).toBe('closed');
    expect(half.allows(10_004)).toBe(true);
  });

  it('opens again when the trial fails', () => {
    const half = failing(3);
    half.allows(10_002);
    half.failed(10_500);
    expect(half.state(20_499)).toBe('open');
    expect(half.allows(20_500)).toBe(true);
  });

  it('tries again when nothing is heard of a trial', () => {
    const half = failing(3);
    half.allows(10_002);
    expect(half.allows(20_001)).toBe(false);
    expect(half.allows(20_002)).toBe(true);
  });
});
