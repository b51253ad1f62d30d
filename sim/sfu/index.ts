export { type AutoscaleOptions, Autoscaler } from './autoscaler.js';
export { SfuControlError, type SfuControlOptions, SimulatedSfuControl } from './sfu-control.js';
export { type DoorClasses, SfuDoor, type SfuDoorOptions } from './sfu-door.js';
export { SfuExporter } from './sfu-exporter.js';
export {
  SFU_CONTROL_SERVICE,
  SFU_SERVICE,
  type SfuClientMessage,
  type SfuRefusal,
  type SfuServerMessage,
} from './sfu-messages.js';
export { SfuNode } from './sfu-node.js';
export type { SfuNodeFaults, SfuNodeOptions } from './sfu-node-options.js';
export type { SfuObserver } from './sfu-observer.js';
export { SfuParticipant } from './sfu-participant.js';
export { SfuRoomState } from './sfu-room.js';
export { checkSfuToken, makeSfuToken, type SfuTokenCheck, type SfuTokenClaim } from './sfu-token.js';
