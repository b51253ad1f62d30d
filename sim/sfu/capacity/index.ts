export { defaultNodeLimits, type NodeLimits } from './node-limits.js';
export { NodeMachine, WAKE_US } from './node-machine.js';
export { type MeteredVoice, NodeMeter } from './node-meter.js';
export { type NodeProfile, nodeProfileSchema, nodeResources } from './node-profile.js';
export { NODE_PROFILES } from './node-profiles.js';
export { meanTalkers, reckonedRates, type VoiceShape } from './reckoned-rates.js';
