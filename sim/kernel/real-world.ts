/**
 * Clock and event loop of the machine, captured before any trap or fake timer can stand in their place. For the kernel's
 * own use: progress figures and turns of the event loop, never anything that a world can see.
 */
export const realWorld = {
  /** Milliseconds from an arbitrary origin, monotonic. */
  nowMs: performance.now.bind(performance),
  setImmediate: globalThis.setImmediate,
} as const;
