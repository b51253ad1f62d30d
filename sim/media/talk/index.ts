export { BLOCK_FRAMES, Speech } from './speech.js';
export { type TalkModel, TalkPlan } from './talk-plan.js';
export { FRAME_US } from './turns.js';
