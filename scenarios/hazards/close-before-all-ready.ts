import type { ChannelView } from '../../core/protocol.js';
import type { Hazard } from './hazard.js';

/**
 * A client whose own way into the SFU works lets the overlap pass, as documented, and closes its links to peers, whatever the others have.
 */
export const closeBeforeAllReady: Hazard = {
  id: 'close-before-all-ready',
  family: 'migration',
  documented: 'a client closes its P2P links when it is done itself',
  shows: 'until the slow one arrives, it and those who have closed hear nothing of each other',
  enabledBy: 'scheduling',
  shortest: 3,
  change: {
    ModeController: (Base) =>
      class extends Base {
        protected override meshWanted(view: ChannelView): boolean {
          const done = view.migration?.to === 'sfu' && this.target?.state === 'healthy';
          return !done && super.meshWanted(view);
        }

        protected override changed(): void {
          super.changed();
          if (this.view?.migration?.phase === 'connect' && this.lingerTimer === null && this.superfluous())
            this.linger(true);
        }
      },
  },
};
