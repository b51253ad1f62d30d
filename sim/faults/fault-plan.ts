import type { Host } from '../hosts/index.js';
import { EventLane } from '../kernel/index.js';
import type { Fault } from '../scenario/index.js';
import { crash } from './crash.js';
import { cutOff } from './cut-off.js';
import type { ActiveFault, FaultContext } from './fault-context.js';
import { operate } from './operate.js';
import { partition } from './partition.js';
import { pause } from './pause.js';
import { redisRestart } from './redis-restart.js';
import { sfuFlaky } from './sfu-flaky.js';
import { sfuRefuse } from './sfu-refuse.js';
import { sfuSlow } from './sfu-slow.js';
import { resolveTargets } from './target.js';

/** A fault as it happened. */
export interface FaultRecord {
  readonly kind: Fault['kind'];
  /** Those who were hit, and those who will be when they arrive. */
  target: string;
  /** What an operator asks for disturbs nobody, but for those whose tokens are revoked. */
  readonly disturbs: boolean;
  readonly fromUs: number;
  /** Infinity while it lasts. */
  toUs: number;
}

interface Due {
  readonly plan: FaultPlan;
  readonly fault: Fault;
  readonly index: number;
}

interface Ending extends Due {
  readonly active: ActiveFault;
  readonly record: FaultRecord;
}

/** Carries out the faults of a scenario, and knows which are active. */
export class FaultPlan {
  readonly records: FaultRecord[] = [];
  /** Faults that also hit hosts that appear while they last. */
  private readonly open = new Set<Ending>();

  constructor(
    private readonly context: FaultContext,
    private readonly faults: readonly Fault[],
  ) {}

  /** Schedules everything. Call once, before the world runs. */
  schedule(): void {
    const { sim } = this.context;
    if (sim.isExplored) {
      const lanes = this.faults.map((fault, index) => new EventLane(`fault ${index}`, namedHost(fault)));
      for (const callback of [begin, end]) sim.describe(callback as (due: Due) => void, ({ index }) => lanes[index]!);
    }
    this.faults.forEach((fault, index) => {
      sim.at(fault.atS * 1e6, begin, { plan: this, fault, index } satisfies Due);
    });
  }

  /** The last fault that is active at a time, or ended less than `settleUs` before. */
  activeAt(timeUs: number, settleUs = 0): FaultRecord | null {
    for (let i = this.records.length - 1; i >= 0; i--) {
      const record = this.records[i]!;
      if (record.disturbs && record.fromUs <= timeUs && timeUs <= record.toUs + settleUs) return record;
    }
    return null;
  }

  /** When the last fault ended or will have ended, 0 without faults. Faults without an end are over when they have begun. */
  get overUs(): number {
    return this.records.reduce(
      (latest, { fromUs, toUs }) => Math.max(latest, Number.isFinite(toUs) ? toUs : fromUs),
      0,
    );
  }

  /** @internal */
  begin(fault: Fault, index: number): void {
    const { sim } = this.context;
    const active = this.inject(fault, `faults/${index}`);
    const awaited = active.awaited ?? [];
    const target = [...active.targets, ...awaited].join(', ');
    const durationS = 'forS' in fault ? fault.forS : 0;
    const record: FaultRecord = {
      kind: fault.kind,
      target,
      disturbs: fault.kind !== 'operator' || fault.do === 'revoke-tokens',
      fromUs: sim.nowUs,
      toUs: durationS === undefined ? Number.POSITIVE_INFINITY : sim.nowUs + durationS * 1e6,
    };
    this.records.push(record);
    for (const host of active.targets) sim.trace.record(host, `fault.${fault.kind}`, index);
    for (const name of awaited) sim.trace.record(name, `fault.${fault.kind}.awaits`, index);
    const ending: Ending = { plan: this, fault, index, active, record };
    if (active.appear) this.open.add(ending);
    if (durationS !== undefined && durationS > 0) sim.after(durationS * 1e6, end, ending);
  }

  /** A host is there that was not: faults in force that mean it hit it from now on. Call before it does anything. */
  appear(host: Host): void {
    for (const { active, fault, index, record } of this.open) {
      if (!active.appear?.(host)) continue;
      if (!active.awaited?.includes(host.id)) record.target += `, ${host.id}`;
      this.context.sim.trace.record(host.id, `fault.${fault.kind}`, index);
    }
  }

  /** @internal */
  end(ending: Ending): void {
    const { fault, index, active } = ending;
    this.open.delete(ending);
    active.end();
    const { trace } = this.context.sim;
    for (const host of active.targets) trace.record(host, `fault.${fault.kind}.end`, index);
  }

  private inject(fault: Fault, draw: string): ActiveFault {
    const { context } = this;
    switch (fault.kind) {
      case 'redis-crash':
        return crash(resolveTargets(context, fault.target, 'redis', draw));
      case 'sentinel-crash':
        return crash(resolveTargets(context, fault.target, 'sentinel', draw));
      case 'backend-crash':
        return crash(resolveTargets(context, fault.target, 'backend', draw));
      case 'sfu-crash':
        return crash(resolveTargets(context, fault.target, 'sfu', draw));
      case 'turn-crash':
        return crash(resolveTargets(context, fault.target, 'turn', draw));
      case 'redis-pause':
        return pause(resolveTargets(context, fault.target, 'redis', draw), fault.forS * 1e6);
      case 'backend-pause':
        return pause(resolveTargets(context, fault.target, 'backend', draw), fault.forS * 1e6);
      case 'sfu-pause':
        return pause(resolveTargets(context, fault.target, 'sfu', draw), fault.forS * 1e6);
      case 'backend-cut-off':
        return cutOff(context, resolveTargets(context, fault.target, 'backend', draw));
      case 'sfu-cut-off':
        return cutOff(context, resolveTargets(context, fault.target, 'sfu', draw));
      case 'sfu-refuse':
        return sfuRefuse(context, resolveTargets(context, fault.target, 'sfu', draw));
      case 'sfu-slow':
        return sfuSlow(context, resolveTargets(context, fault.target, 'sfu', draw), fault.delayMs);
      case 'sfu-flaky':
        return sfuFlaky(context, resolveTargets(context, fault.target, 'sfu', draw), fault);
      case 'redis-restart':
        return redisRestart(context, resolveTargets(context, fault.target, 'redis', draw), fault.keepData);
      case 'operator':
        return operate(context, fault);
      case 'partition':
        return partition(context, fault, draw);
    }
  }
}

function begin({ plan, fault, index }: Due): void {
  plan.begin(fault, index);
}

function end(ending: Ending): void {
  ending.plan.end(ending);
}

/** The one host that a fault names; null when it names several or leaves it open. */
function namedHost(fault: Fault): string | null {
  return 'target' in fault && /^[a-z]+-\d+$/.test(fault.target) ? fault.target : null;
}
