import type { LayerName } from '../../core/media/layers.js';
import type { RtpFields } from '../../core/media/rtp.js';
import type { Hazard } from './hazard.js';

/** Each encoding has sequence numbers and timestamps of its own; the consumer gets them as they are. */
export const layerNoRewrite: Hazard = {
  id: 'layer-no-rewrite',
  family: 'media',
  world: 'voice-crossroads',
  documented: "a layer switch forwards the new layer's own sequence numbers and timestamps",
  shows: 'at each change of quality a word is lost, or concealed although nothing is missing',
  enabledBy: 'scheduling',
  shortest: 2,
  change: {
    Forwarder: (Base) =>
      class extends Base {
        override forward(layer: LayerName, packet: RtpFields, out: RtpFields): boolean {
          if (!super.forward(layer, packet, out)) return false;
          out.sequenceNumber = packet.sequenceNumber;
          out.timestamp = packet.timestamp;
          return true;
        }
      },
  },
};
