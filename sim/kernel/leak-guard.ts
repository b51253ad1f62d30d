import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import nodeTimers from 'node:timers';
import { LeakError } from './leak-error.js';

/** What a {@link LeakGuard} answers where it does not trap. */
export interface VirtualWorld {
  /** Virtual wall time in milliseconds since the Unix epoch, integer. */
  virtualTimeMs: () => number;
  /** Uniform in [0, 1). */
  virtualRandom: () => number;
}

/**
 * Keeps a world from reaching the machine's clock, timers and randomness. While a guard is installed, each of `Date`
 * (without arguments), `Math.random`, `setTimeout`, `setInterval`, `setImmediate`, `performance.now`, `process.hrtime`
 * and the randomness of `crypto` throws a {@link LeakError} that names the call site.
 *
 * The traps are put in place once a process, with the first guard, and stay; installing a guard only sets which one
 * is armed. So a slice of a world may be as short as one event, and between slices everything is as it was.
 * `process.nextTick` and `queueMicrotask` stay allowed: the simulation drains them.
 */
export class LeakGuard implements VirtualWorld {
  virtualTimeMs: () => number;
  virtualRandom: () => number;
  /** The first leak: it stays known even where the code that leaked swallowed the error. */
  leak: LeakError | null = null;

  constructor(world: VirtualWorld) {
    this.virtualTimeMs = world.virtualTimeMs;
    this.virtualRandom = world.virtualRandom;
  }

  /** Arms this guard instead of the one before. */
  install(): void {
    if (!trapsAreSet) setTraps();
    armed = this;
  }

  /** Disarms, whichever guard is armed. Harmless when none is. */
  uninstall(): void {
    armed = null;
  }

  /**
   * For libraries that read the clock for their own sake (`ioredis-mock` for expiry): while `fn` runs synchronously,
   * `Date.now()`, `new Date()` and `Date()` answer virtual time and `Math.random()` virtual randomness. All else
   * stays trapped. Also works outside of a slice, while a world is being built.
   */
  virtually<T>(fn: () => T): T {
    if (!trapsAreSet) setTraps();
    const armedBefore = armed;
    const virtualBefore = virtual;
    armed = this;
    virtual = true;
    try {
      return fn();
    } finally {
      armed = armedBefore;
      virtual = virtualBefore;
    }
  }
}

let trapsAreSet = false;
let armed: LeakGuard | null = null;
let virtual = false;

const Instead = {
  clock: "the host's clock (host.nowMs, or the Clock port in core)",
  timers: "the host's timers (host.after, or the Timers port in core)",
  randomness: 'a labelled stream (simulation.choices.stream, or the Randomness port in core)',
} as const;

type AnyFunction = (...args: never[]) => unknown;

function setTraps(): void {
  trapsAreSet = true;
  setDateTrap();
  trapRandom();
  for (const timer of ['setTimeout', 'setInterval', 'setImmediate'] as const) {
    trap(globalThis, timer, `${timer}()`, Instead.timers);
    trap(nodeTimers, timer, `${timer}()`, Instead.timers);
  }
  trap(performance, 'now', 'performance.now()', Instead.clock);
  const bigint = process.hrtime.bigint;
  trap(process, 'hrtime', 'process.hrtime()', Instead.clock);
  process.hrtime.bigint = bigint;
  trap(process.hrtime, 'bigint', 'process.hrtime.bigint()', Instead.clock);
  trap(globalThis.crypto, 'randomUUID', 'crypto.randomUUID()', Instead.randomness);
  trap(globalThis.crypto, 'getRandomValues', 'crypto.getRandomValues()', Instead.randomness);
  // node:crypto's own getRandomValues cannot be replaced, but it calls the one that has just been.
  for (const name of ['randomUUID', 'randomBytes', 'randomInt', 'randomFill', 'randomFillSync'] as const) {
    trap(nodeCrypto, name, `crypto.${name}()`, Instead.randomness);
  }
  // Named ES imports of built-in modules are copies: bring them up to date.
  syncBuiltinESMExports();
}

/** Puts a function in the place of `owner[name]` that throws while a guard is armed and passes through otherwise. */
function trap<O extends object, K extends keyof O & string>(owner: O, name: K, trapped: string, instead: string): void {
  const real = owner[name] as AnyFunction;
  function trapFunction(this: unknown, ...args: never[]): unknown {
    if (armed !== null) throw leaked(trapped, instead, trapFunction);
    return real.apply(this, args);
  }
  replace(owner, name, real, trapFunction);
}

function trapRandom(): void {
  const real = Math.random;
  function random(): number {
    if (armed === null) return real();
    if (virtual) return armed.virtualRandom();
    throw leaked('Math.random()', Instead.randomness, random);
  }
  replace(Math, 'random', real, random);
}

function setDateTrap(): void {
  const RealDate = Date;
  /** The real one, except that it does not know what time it is. */
  function TrappedDate(this: unknown, ...args: unknown[]): Date | string {
    if (new.target === undefined) {
      if (armed === null) return RealDate();
      if (virtual) return new RealDate(armed.virtualTimeMs()).toString();
      throw leaked('Date()', Instead.clock, TrappedDate);
    }
    if (args.length === 0 && armed !== null) {
      if (!virtual) throw leaked('new Date()', Instead.clock, TrappedDate);
      args = [armed.virtualTimeMs()];
    }
    // The prototype is shared, so the real constructor will do, several times as fast, unless a class extends Date.
    if (args.length === 1 && new.target === (TrappedDate as unknown)) return new RealDate(args[0] as number);
    return Reflect.construct(RealDate, args, new.target);
  }
  function now(): number {
    if (armed === null) return RealDate.now();
    if (virtual) return armed.virtualTimeMs();
    throw leaked('Date.now()', Instead.clock, now);
  }
  for (const key of Reflect.ownKeys(RealDate)) {
    Object.defineProperty(TrappedDate, key, Object.getOwnPropertyDescriptor(RealDate, key)!);
  }
  Object.defineProperty(TrappedDate, 'now', { value: now, writable: true, configurable: true });
  // The shared prototype keeps `instanceof` true both ways; its constructor would otherwise be a way around the trap.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: TrappedDate, writable: true, configurable: true });
  Object.defineProperty(globalThis, 'Date', { value: TrappedDate, writable: true, configurable: true });
}

function leaked(trapped: string, instead: string, trapFunction: AnyFunction): LeakError {
  const guard = armed!;
  // Rendering the stack may itself ask the time (source map support), and must not be trapped.
  armed = null;
  try {
    const error = new LeakError(trapped, instead, trapFunction);
    guard.leak ??= error;
    return error;
  } finally {
    armed = guard;
  }
}

/** Keeps the name, the own properties (`util.promisify` of timers) and the enumerability of what is replaced. */
function replace(owner: object, name: string, real: AnyFunction, replacement: AnyFunction): void {
  for (const key of Reflect.ownKeys(real)) {
    const property = Object.getOwnPropertyDescriptor(real, key)!;
    if (key !== 'prototype') Object.defineProperty(replacement, key, property);
  }
  const enumerable = Object.getOwnPropertyDescriptor(owner, name)?.enumerable ?? false;
  Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable });
}
