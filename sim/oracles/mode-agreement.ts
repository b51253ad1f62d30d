import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** No split brain: once quiet, every member of a channel follows the mode that the store has, decided at the same epoch. */
export const modeAgreement: Oracle = {
  id: 'mode-agreement',
  kind: 'safety',
  claim: 'all members of a channel agree with the store about mode and epoch',
  whenQuiet(evidence: Evidence): Finding[] {
    const findings: Finding[] = [];
    const states = new Map<number, ReadonlyMap<string, string>>();
    for (const { userId, controller } of evidence.sessions()) {
      const channelId = controller.channelId;
      if (controller.state !== 'in' || channelId === null) continue;
      let state = states.get(channelId);
      if (!state) {
        state = evidence.store.hash(`channel_state:${channelId}`);
        states.set(channelId, state);
      }
      const mode = state.get('mode');
      const epoch = Number(state.get('epoch'));
      if (mode === controller.mode && epoch === controller.epoch) continue;
      findings.push({
        message: `user ${userId} is in channel ${channelId} with mode ${controller.mode} of epoch ${controller.epoch}, the store has ${mode ?? 'no such channel'} of epoch ${epoch}`,
        subjects: [userId, `channel ${channelId}`],
      });
    }
    return findings;
  },
};
