import type { RuleContext } from '../../core/channel/channel-rules.js';
import type { ModeController } from '../../core/client/mode-controller.js';
import type { Hazard } from './hazard.js';

/**
 * A client that is in the room is well, whatever arrives from there: missing RTCP alarms nobody. The SFU is not asked whether everybody has arrived, only
 * whether anybody has.
 */
export const healthOfOne: Hazard = {
  id: 'health-of-one',
  family: 'migration',
  documented: 'the SFU is healthy when at least one participant is there: itself',
  shows: 'a client whose downlink is dead counts as arrived, and stays deaf',
  enabledBy: 'network',
  shortest: 2,
  change: {
    ModeController: (Base) =>
      class extends Base {
        constructor(options: ConstructorParameters<typeof ModeController>[0]) {
          const { sfu } = options.ports;
          super({
            ...options,
            ports: {
              ...options.ports,
              send: (message) => options.ports.send(message),
              sfu: {
                connect: (grant) => sfu.connect(grant),
                close: (grant) => sfu.close(grant),
                health: (grant) => ({ uplink: sfu.health(grant).uplink, downlink: true }),
              },
            },
          });
        }

        override onSfuDown(key: string, reason?: string): void {
          if (reason !== 'rtcp-timeout') super.onSfuDown(key);
        }
      },
    Migrations: (Base) =>
      class extends Base {
        override targetSeen(context: RuleContext, epoch: number, userIds: readonly string[]): void {
          super.targetSeen(context, epoch, userIds.length > 0 ? [...context.draft.record.members.keys()] : []);
        }
      },
  },
};
