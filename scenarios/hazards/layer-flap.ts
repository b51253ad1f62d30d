import type { LayerName } from '../../core/media/layers.js';
import { layerFor, type SelectionInput } from '../../core/sfu/layer-selection.js';
import type { Hazard } from './hazard.js';

/** With each report the layer that fits: 64 kbit/s high, 32 medium, else low. */
export const layerFlap: Hazard = {
  id: 'layer-flap',
  family: 'media',
  world: 'voice-crossroads',
  documented: 'the layer is selected by bandwidth alone, at each report',
  shows: 'near a threshold the quality changes with every report',
  enabledBy: 'network',
  shortest: 3,
  change: {
    LayerSelection: (Base) =>
      class extends Base {
        override update({ atMs, availableKbps }: SelectionInput): LayerName {
          this.advance(atMs);
          this.allowed = layerFor(availableKbps);
          this.settle(true);
          return this.layer;
        }
      },
  },
};
