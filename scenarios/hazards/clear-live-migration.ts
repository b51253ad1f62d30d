import { keys } from '../../core/keys.js';
import type { Hazard } from './hazard.js';

/** Whatever migrates counts as stuck. */
export const clearLiveMigration: Hazard = {
  id: 'clear-live-migration',
  family: 'administration',
  documented: '"clear stuck migrations" deletes every migration that it finds, healthy ones too',
  shows: 'members are half switched: some give up the old path before the others play the new one',
  enabledBy: 'scheduling',
  shortest: 2,
  world: 'crossroads-operators',
  change: {
    StuckMigrations: (Base) =>
      class extends Base {
        override async clear(): Promise<number[]> {
          const ids = ((await this.redis.call('ZRANGE', keys.changed, 0, -1)) as string[]).map(Number);
          const cleared: number[] = [];
          for (const channelId of ids) {
            const { result } = await this.desk.change(channelId, ({ draft }) => {
              if (!draft.record.migration) return false;
              draft.setMigration(null);
              return true;
            });
            if (result) cleared.push(channelId);
          }
          return cleared;
        }
      },
  },
};
