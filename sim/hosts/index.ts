export { Host, type HostKind, type HostListener, type HostOptions, type HostState } from './host.js';
export { HostClock, type HostClockOptions } from './host-clock.js';
export type { HostTimer } from './host-timer.js';
