import { keys } from '../keys.js';
import type { Policy } from '../policy.js';
import type { Log, Metrics, Randomness, RedisClient, SfuControl, SfuHealthReport, SfuNodeState } from '../ports.js';
import { fields } from '../store/channel-store.js';
import type { NodeDirectory } from './node-directory.js';
import { defaultPlacement, Placement, type PlacementOptions } from './placement.js';

interface NodeHealth {
  alive: boolean;
  /** Participants at the last check. */
  load: number;
  /** Share of its scarcest resource in use; null: it does not tell. */
  share: number | null;
  state: SfuNodeState;
  /** Rooms this backend has placed there since, and people they were for. */
  placed: number;
  expected: number;
  /** The process that was alive at the last check. */
  process: string;
  /** What the caretaker has written of it. */
  told: string;
  /** It has refused a room since: so many ticks are left until it is tried again without news of it. */
  refusedTicks: number;
}

/**
 * The SFU nodes (C3). One backend at a time, the caretaker, asks them for their health and writes the answer to
 * `sfu_nodes`; all backends read it once a tick. So everybody decides by the same opinion, and a backend that is cut off from
 * a node moves no rooms on its own account.
 */
export class SfuCluster implements NodeDirectory {
  protected readonly nodes = new Map<string, NodeHealth>();
  protected readonly failures = new Map<string, number>();
  protected readonly placement: Placement;
  /** Standby nodes that are being asked whether they run by now. */
  protected readonly knocking = new Set<string>();

  constructor(
    protected readonly redis: RedisClient,
    protected readonly control: SfuControl,
    protected readonly random: Randomness,
    protected readonly metrics: Metrics,
    protected readonly log: Log,
    protected readonly policy: Policy,
    readonly names: readonly string[],
    /** `standby`: nodes that do not run until somebody starts them. */
    placement: PlacementOptions = defaultPlacement,
    protected readonly standby: readonly string[] = [],
  ) {
    this.placement = new Placement(placement, random);
    for (const name of names) {
      const alive = !standby.includes(name);
      const unknown = { load: 0, share: null, state: 'ok', placed: 0, expected: 0, process: '', told: '' } as const;
      this.nodes.set(name, { ...unknown, alive, refusedTicks: 0 });
    }
  }

  alive(node: string): boolean {
    return this.nodes.get(node)?.alive ?? false;
  }

  full(node: string): boolean {
    return this.nodes.get(node)?.state === 'full';
  }

  /** It is not tried again before there is news of it, or two checks should have brought some. */
  refused(node: string): void {
    const { sfuCheckEveryMs, tickMs } = this.policy;
    const known = this.nodes.get(node);
    if (known) known.refusedTicks = Math.ceil((2 * sfuCheckEveryMs) / tickMs);
  }

  draining(node: string): boolean {
    return this.alive(node) && this.nodes.get(node)?.state === 'draining';
  }

  /** Living nodes that are to be left. */
  drainingNodes(): string[] {
    return this.names.filter((name) => this.draining(name));
  }

  choose(avoid: string | null, members = 1): string | null {
    let candidates = this.names.filter((name) => {
      const { alive, state, refusedTicks } = this.nodes.get(name)!;
      return alive && state === 'ok' && refusedTicks === 0;
    });
    if (candidates.length > 1) candidates = candidates.filter((name) => name !== avoid);
    if (candidates.length === 0) return null;
    const chosen = this.placement.choose(candidates, (name) => this.nodes.get(name)!);
    const node = this.nodes.get(chosen)!;
    node.placed++;
    node.expected += members;
    return chosen;
  }

  /** Applies what the caretaker has written. Returns the nodes that are dead now. */
  learn(reply: unknown): string[] {
    for (const node of this.nodes.values()) node.refusedTicks = Math.max(0, node.refusedTicks - 1);
    for (const [name, text] of fields(reply)) {
      const node = this.nodes.get(name);
      if (!node) continue;
      if (text !== node.told) node.refusedTicks = 0;
      node.told = text;
      const [alive, load, process = '', share, state = 'ok'] = text.split('|');
      node.alive = alive === '1';
      const told = share === undefined || share === '' ? null : Number(share);
      if (node.load !== Number(load)) node.placed = 0;
      if (node.load !== Number(load) || node.share !== told) node.expected = 0;
      node.load = Number(load);
      node.process = process;
      node.share = told;
      node.state = state as SfuNodeState;
    }
    return this.names.filter((name) => !this.alive(name));
  }

  /** The caretaker's round: asks every node, writes what changed. Returns nodes that have just died, and nodes that have started anew. */
  async check(): Promise<{ died: string[]; restarted: string[] }> {
    // nobody waits for those that are not expected to answer
    const asleep = this.names.filter((name) => this.standby.includes(name) && !this.alive(name));
    for (const name of asleep) this.knock(name);
    return this.ask(this.names.filter((name) => !asleep.includes(name)));
  }

  protected knock(name: string): void {
    if (this.knocking.has(name)) return;
    this.knocking.add(name);
    this.ask([name])
      .catch(() => undefined) // the next round asks again
      .finally(() => this.knocking.delete(name));
  }

  protected async ask(names: readonly string[]): Promise<{ died: string[]; restarted: string[] }> {
    const verdicts = await Promise.all(
      names.map(async (name) => {
        try {
          return { name, report: await this.control.health(name) };
        } catch {
          return { name, report: null };
        }
      }),
    );
    const died: string[] = [];
    const restarted: string[] = [];
    const changes: (string | number)[] = [];
    for (const { name, report } of verdicts) {
      const node = this.nodes.get(name)!;
      const failures = report === null ? (this.failures.get(name) ?? 0) + 1 : 0;
      this.failures.set(name, failures);
      const alive = failures === 0 || (node.alive && failures < this.policy.sfuCheckFailures);
      if (alive !== node.alive) {
        this.metrics.count('voice_sfu_node_changes_total', { node: name, alive: String(alive) });
        this.log.write('warn', alive ? 'SFU node is back' : 'SFU node is dead', { node: name });
        if (!alive) died.push(name);
      }
      if (report !== null) node.refusedTicks = 0;
      const load = report?.participants ?? node.load;
      const process = report?.process ?? node.process;
      if (process !== node.process && node.process !== '') restarted.push(name);
      const { share, state } = capacityOf(report, node);
      const same = load === node.load && share === node.share && state === node.state;
      if (alive !== node.alive || !same || process !== node.process) {
        const capacity = share === null && state === 'ok' ? '' : `|${share ?? ''}|${state}`;
        changes.push(name, `${alive ? 1 : 0}|${load}|${process}${capacity}`);
        Object.assign(node, { alive, load, share, state, placed: 0, expected: 0, process });
      }
    }
    if (changes.length > 0) await this.redis.call('HSET', keys.nodes, ...changes);
    return { died, restarted };
  }

  /** Channels that use a node. */
  async channelsOn(node: string): Promise<number[]> {
    return ((await this.redis.call('SMEMBERS', keys.nodeChannels(node))) as string[]).map(Number);
  }
}

/** What a report says of load and state; without one, what was known. Hundredths will do, and change less often. */
function capacityOf(report: SfuHealthReport | null, known: NodeHealth): Pick<NodeHealth, 'share' | 'state'> {
  if (report === null) return known;
  const share = report.load === undefined ? null : Math.round(report.load * 100) / 100;
  return { share, state: report.state ?? 'ok' };
}
