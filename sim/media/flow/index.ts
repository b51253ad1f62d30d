export { FlowPlane } from './flow-plane.js';
export type { FlowParts } from './options.js';
