import type { ChannelView } from '../../core/protocol.js';
import type { Hazard } from './hazard.js';

/**
 * Told to connect to the SFU, a client closes its links to peers first, as D1 does.
 */
export const breakBeforeMake: Hazard = {
  id: 'break-before-make',
  family: 'migration',
  documented: 'P2P is closed before the SFU transports are up',
  shows: 'nobody hears anybody for the whole time of connecting',
  enabledBy: 'scheduling',
  shortest: 1,
  change: {
    ModeController: (Base) =>
      class extends Base {
        protected override meshWanted(view: ChannelView): boolean {
          return !(view.migration?.phase === 'connect' && view.migration.to === 'sfu') && super.meshWanted(view);
        }

        protected override apply(view: ChannelView): void {
          if (view.migration?.phase === 'connect' && view.migration.to === 'sfu') this.closeMesh();
          super.apply(view);
        }
      },
  },
};
