export { Host, type HostKind, type HostListener, type HostOptions, type HostState } from './host.js';
export { EPOCH_MS, HostClock, type HostClockOptions } from './host-clock.js';
export type { HostTimer } from './host-timer.js';
