type Listener = (...args: unknown[]) => void;

/** What Node tells the process about errors that nobody caught. */
const EVENTS = ['unhandledRejection', 'uncaughtException'] as const;

let worlds = 0;
let receiver: ((error: unknown) => void) | null = null;
const captured: { event: (typeof EVENTS)[number]; others: Listener[]; route: Listener }[] = [];

/**
 * Errors that nobody caught, in promises and in callbacks of microtasks, belong to the world in whose slice they
 * happened. While at least one world runs, this stands before the process's own listeners (a test runner's, the
 * default crash) and hands on to them what happened between slices.
 */
export const strayErrors = {
  /** A run begins. */
  capture(): void {
    if (worlds++ > 0) return;
    for (const event of EVENTS) {
      const others = process.listeners(event as 'uncaughtException') as Listener[];
      const route: Listener = (error, ...rest) => {
        if (receiver !== null) receiver(error);
        // Without a listener Node crashes, and so it does when the listener throws.
        else if (others.length === 0) throw error;
        else for (const listener of others) listener(error, ...rest);
      };
      process.removeAllListeners(event);
      process.on(event, route);
      captured.push({ event, others, route });
    }
  },

  /** A run has ended: the last one puts everything back. */
  release(): void {
    if (--worlds > 0) return;
    for (const { event, others, route } of captured.splice(0)) {
      process.off(event, route);
      for (const listener of others) process.on(event, listener);
    }
  },

  /** Who gets the errors from now on; null between slices. */
  deliverTo(next: ((error: unknown) => void) | null): void {
    receiver = next;
  },
};
