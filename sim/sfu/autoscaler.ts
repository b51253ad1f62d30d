import type { Simulation } from '../kernel/index.js';
import type { SfuNode } from './sfu-node.js';

/** When nodes are started and stopped (D6). Shares of CPU and memory, 0 to 1. */
export interface AutoscaleOptions {
  readonly min: number;
  readonly max: number;
  readonly cpuUpShare: number;
  readonly memoryUpShare: number;
  readonly downShare: number;
  readonly everyS: number;
  readonly startS: number;
  readonly cooldownS: number;
  readonly drainS: number;
}

interface Draining {
  readonly node: SfuNode;
  readonly untilUs: number;
}

/**
 * The platform's control of the number of SFU nodes: asks the machines for their load now and then, starts more when the mean over those
 * that serve is high, and takes one out of service when the others can carry its load. A node that is to go takes no new rooms, is left by its
 * channels, and is stopped when it is empty or its time is over. It never starts what it has not stopped: a node that has crashed is not its business.
 */
export class Autoscaler {
  /** Nodes started and stopped so far. */
  ups = 0;
  downs = 0;
  private readonly idle: SfuNode[];
  private readonly draining: Draining[] = [];
  private starting = 0;
  private changedUs = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly nodes: readonly SfuNode[],
    private readonly options: AutoscaleOptions,
  ) {
    this.idle = nodes.slice(options.min);
    sim.after(options.everyS * 1e6, look, this as Autoscaler);
  }

  /** Nodes that are paid for: serving, starting, draining. */
  get nodeCount(): number {
    return this.nodes.length - this.idle.length;
  }

  /** @internal */
  look(): void {
    const { sim, options } = this;
    sim.after(options.everyS * 1e6, look, this as Autoscaler);
    this.stopDrained();
    const serving = this.nodes.filter((node) => node.host.state === 'up' && node.machine?.draining === false);
    if (serving.length === 0) return;
    const mean = (share: (node: SfuNode) => number) =>
      serving.reduce((sum, node) => sum + share(node), 0) / serving.length;
    const cpu = mean(({ machine }) => machine!.last.cpuShare);
    const memory = mean(({ machine }) => machine!.last.memoryShare);
    if (cpu > options.cpuUpShare || memory > options.memoryUpShare) {
      // as many as bring the mean down to where it is not too high (Kubernetes' horizontal autoscaler); those that are starting count
      const tooHigh = Math.max(cpu / options.cpuUpShare, memory / options.memoryUpShare);
      const wanted = Math.ceil(serving.length * tooHigh) - serving.length - this.starting;
      for (let i = 0; i < wanted; i++) this.scaleUp();
      return;
    }
    if (this.starting > 0 || serving.length <= options.min) return;
    if (sim.nowUs - this.changedUs < options.cooldownS * 1e6) return;
    const after = serving.length / (serving.length - 1);
    const { downShare, cpuUpShare, memoryUpShare } = options;
    if (cpu * after < downShare * cpuUpShare && memory * after < downShare * memoryUpShare) this.scaleDown(serving);
  }

  /** @internal */
  started(node: SfuNode): void {
    this.starting--;
    this.changedUs = this.sim.nowUs;
    if (node.host.state === 'down') node.host.start();
  }

  private scaleUp(): void {
    const { sim, options, draining, idle } = this;
    this.changedUs = sim.nowUs;
    const kept = draining.pop();
    if (kept !== undefined) {
      // it is still there: no need to start another
      if (kept.node.machine !== null) kept.node.machine.draining = false;
      sim.trace.record(kept.node.name, 'autoscale.keep', this.nodeCount);
      return;
    }
    const node = idle.shift();
    if (node === undefined) return;
    this.ups++;
    this.starting++;
    sim.trace.record(node.name, 'autoscale.up', this.nodeCount);
    sim.after(options.startS * 1e6, started, { autoscaler: this as Autoscaler, node });
  }

  /** The one with the fewest people goes. */
  private scaleDown(serving: readonly SfuNode[]): void {
    const { sim, options, draining } = this;
    const node = serving.reduce((least, each) => (each.participantCount < least.participantCount ? each : least));
    this.changedUs = sim.nowUs;
    this.downs++;
    node.machine!.draining = true;
    draining.push({ node, untilUs: sim.nowUs + options.drainS * 1e6 });
    sim.trace.record(node.name, 'autoscale.drain', node.participantCount);
  }

  private stopDrained(): void {
    const { sim, draining, idle } = this;
    for (const each of [...draining]) {
      const { node, untilUs } = each;
      if (node.host.state === 'up' && node.runningRooms().length > 0 && sim.nowUs < untilUs) continue;
      draining.splice(draining.indexOf(each), 1);
      sim.trace.record(node.name, 'autoscale.stop', node.participantCount);
      node.host.crash();
      idle.push(node);
      this.changedUs = sim.nowUs;
    }
  }
}

function look(autoscaler: Autoscaler): void {
  autoscaler.look();
}

function started({ autoscaler, node }: { readonly autoscaler: Autoscaler; readonly node: SfuNode }): void {
  autoscaler.started(node);
}
