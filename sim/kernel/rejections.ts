type Listener = (reason: unknown, promise: Promise<unknown>) => void;

let users = 0;
let others: Listener[] = [];
let receiver: ((reason: unknown) => void) | null = null;

/**
 * Unhandled rejections of promises belong to the world in whose slice they happened. While at least one world runs,
 * this stands before the process's own listeners (a test runner's, the default crash) and hands on to them what
 * happened between slices.
 */
export const rejections = {
  /** A run begins. */
  capture(): void {
    if (users++ > 0) return;
    others = process.listeners('unhandledRejection') as Listener[];
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', route);
  },
  /** A run has ended: the last one puts everything back. */
  release(): void {
    if (--users > 0) return;
    process.off('unhandledRejection', route);
    for (const listener of others) process.on('unhandledRejection', listener);
    others = [];
  },
  /** Who gets the rejections from now on; null between slices. */
  deliverTo(next: ((reason: unknown) => void) | null): void {
    receiver = next;
  },
};

function route(reason: unknown, promise: Promise<unknown>): void {
  if (receiver !== null) {
    receiver(reason);
    return;
  }
  // Without any other listener Node crashes on an unhandled rejection; throwing here does the same.
  if (others.length === 0) throw reason;
  for (const listener of others) listener(reason, promise);
}
