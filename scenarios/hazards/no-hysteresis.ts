import type { Hazard } from './hazard.js';

/**
 * Back to the mesh at once, whenever the channel is one below the threshold for the SFU.
 */
export const noHysteresis: Hazard = {
  id: 'no-hysteresis',
  family: 'migration',
  documented: 'the thresholds for up and down touch, and nothing waits',
  shows: 'with people coming and going at the border the mode flaps',
  enabledBy: 'scheduling',
  shortest: 4,
  change: {
    ModeChoice: (Base) =>
      class extends Base {
        constructor(...[policy, nodes, migrations]: ConstructorParameters<typeof Base>) {
          super({ ...policy, disableThreshold: policy.enableThreshold - 1, disableHoldMs: 0 }, nodes, migrations);
        }
      },
  },
};
