import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { Hazard } from './hazard.js';

/** Without an SFU every channel goes to the mesh, whatever its size. */
export const sfuLossOverload: Hazard = {
  id: 'sfu-loss-overload',
  family: 'degradation',
  documented: 'without an SFU any channel is forced to peer to peer, however large',
  shows: 'a mesh of more members than it can carry',
  enabledBy: 'failure',
  shortest: 2,
  change: {
    ModeChoice: (Base) =>
      class extends Base {
        protected override fromSfu(context: RuleContext): boolean {
          const { record } = context.draft;
          const left = record.sfu?.node ?? null;
          const node = this.nodes.choose(left);
          if ((left !== null && this.nodes.alive(left)) || (node !== null && this.nodes.alive(node)))
            return super.fromSfu(context);
          if (context.nowMs < record.retryAtMs) return false;
          this.migrations.start(context, 'p2p', null);
          return true;
        }
      },
  },
};
