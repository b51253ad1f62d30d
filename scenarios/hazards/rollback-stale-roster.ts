import type { ChannelView, Member, Mode } from '../../core/protocol.js';
import { flagClearedEarly } from './flag-cleared-early.js';
import type { Hazard } from './hazard.js';

/**
 * A client keeps the roster with which a migration began and goes back to it, until somebody joins or leaves. The documented code lets people in while
 * others migrate (`flag-cleared-early`; here they are waited for, so that alone does no harm).
 */
export const rollbackStaleRoster: Hazard = {
  id: 'rollback-stale-roster',
  family: 'migration',
  documented: 'rollback restores the peers captured at the start',
  shows: 'links to people who have gone, no links to people who have come',
  enabledBy: 'scheduling',
  shortest: 4,
  change: {
    ...(flagClearedEarly.change.Admission && { Admission: flagClearedEarly.change.Admission }),
    ModeController: (Base) =>
      class extends Base {
        private captured: readonly Member[] = [];
        /** The mode that a migration is leaving. */
        private leavingMode: Mode | null = null;
        /** The roster as the server had it when we went back, while it is still that. */
        private goneBack: string | null = null;

        protected override buildMesh(view: ChannelView): void {
          const { migration, mode, roster } = view;
          const people = roster.map(({ sessionId }) => sessionId).join();
          const over = migration === null && mode === this.leavingMode;
          if (over || migration?.phase === 'rollback') this.goneBack = people;
          else if (migration || people !== this.goneBack) this.goneBack = null;
          if (migration && this.leavingMode === null) {
            this.captured = roster;
            this.leavingMode = mode;
          } else if (!migration) this.leavingMode = null;
          super.buildMesh(this.goneBack === null ? view : { ...view, roster: this.captured });
        }
      },
  },
};
