import type { NodeDirectory } from '../cluster/node-directory.js';
import type { Migrations } from '../migration/migrations.js';
import type { Policy } from '../policy.js';
import { mayEnterSfu, mayStayOnSfu } from '../rollout/rollout-flag.js';
import type { ChannelDraft } from './channel-draft.js';
import type { RuleContext } from './channel-rules.js';

/** Which mode a channel should be in: thresholds with hysteresis (A3, D1), dead nodes (C3), no SFU at all (A13). */
export class ModeChoice {
  constructor(
    protected readonly policy: Policy,
    protected readonly nodes: NodeDirectory,
    protected readonly migrations: Migrations,
  ) {}

  /** Starts a migration if one is needed. Called only while none is in progress. Returns whether one was started. */
  decide(context: RuleContext): boolean {
    const { draft } = context;
    const { record } = draft;
    if (record.members.size === 0) return false;
    return record.mode === 'p2p' ? this.fromMesh(context) : this.fromSfu(context);
  }

  protected fromMesh(context: RuleContext): boolean {
    const { draft, nowMs } = context;
    const { record } = draft;
    draft.setFields({ belowSinceMs: 0 });
    if (record.members.size < this.policy.enableThreshold) {
      draft.setFields({ degraded: false });
      return false;
    }
    if (!mayEnterSfu(record)) {
      draft.setFields({ degraded: false });
      return false;
    }
    const node = record.forcedMesh ? null : this.nodes.choose(null, record.members.size);
    draft.setFields({ degraded: node === null });
    if (node === null || nowMs < record.retryAtMs) return false;
    this.migrations.start(context, 'sfu', node);
    return true;
  }

  protected fromSfu(context: RuleContext): boolean {
    const { draft, nowMs } = context;
    const { record } = draft;
    if ((record.forcedMesh || !mayStayOnSfu(record)) && record.members.size <= this.policy.meshLimit) {
      if (nowMs < record.retryAtMs) return false;
      this.migrations.start(context, 'p2p', null);
      return true;
    }
    if (!record.sfu || !this.nodes.alive(record.sfu.node)) {
      const node = this.nodes.choose(record.sfu?.node ?? null, record.members.size);
      const other = node !== null && this.nodes.alive(node) ? node : null;
      draft.setFields({ degraded: other === null });
      if (nowMs < record.retryAtMs) return false;
      if (other !== null) this.migrations.start(context, 'sfu', other);
      else if (record.members.size <= this.policy.meshLimit) this.migrations.start(context, 'p2p', null);
      else return false;
      return true;
    }
    draft.setFields({ degraded: false });
    if (this.leaveDraining(context, record.sfu.node)) return true;
    if (record.members.size > this.policy.disableThreshold) {
      draft.setFields({ belowSinceMs: 0 });
      return false;
    }
    if (record.belowSinceMs === 0) draft.setFields({ belowSinceMs: nowMs });
    if (nowMs < record.belowSinceMs + this.policy.disableHoldMs || nowMs < record.retryAtMs) return false;
    this.migrations.start(context, 'p2p', null);
    return true;
  }

  /** A node that is to go is left while it still works: to another one, if any takes rooms. */
  protected leaveDraining(context: RuleContext, from: string): boolean {
    const { record } = context.draft;
    if (this.nodes.draining?.(from) !== true || context.nowMs < record.retryAtMs) return false;
    const node = this.nodes.choose(from, record.members.size);
    if (node === null || node === from) return false;
    this.migrations.start(context, 'sfu', node);
    return true;
  }

  /** When the mode has to be thought about again, or 0. */
  dueMs(draft: ChannelDraft, nowMs: number): number {
    const { record } = draft;
    if (record.migration) return 0;
    const due: number[] = [];
    if (record.belowSinceMs > 0) due.push(record.belowSinceMs + this.policy.disableHoldMs);
    const wants =
      record.degraded ||
      (record.mode === 'sfu' && (record.forcedMesh || !mayStayOnSfu(record))) ||
      (record.mode === 'p2p' && record.members.size >= this.policy.enableThreshold) ||
      record.belowSinceMs > 0;
    if (wants && record.retryAtMs > nowMs) due.push(record.retryAtMs);
    if (record.degraded) due.push(nowMs + 2 * this.policy.tickMs);
    const later = due.filter((at) => at > nowMs);
    return later.length > 0 ? Math.min(...later) : 0;
  }
}
