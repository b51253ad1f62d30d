import { keys } from '../keys.js';
import type { Policy } from '../policy.js';
import type { Log, Metrics, Randomness, RedisClient, SfuControl } from '../ports.js';
import { fields } from '../store/channel-store.js';
import type { NodeDirectory } from './node-directory.js';

interface NodeHealth {
  alive: boolean;
  /** Participants at the last check. */
  load: number;
  /** Rooms this backend has placed there since. */
  placed: number;
  /** The process that was alive at the last check. */
  process: string;
}

/**
 * The SFU nodes (C3). One backend at a time, the caretaker, asks them for their health and writes the answer to
 * `sfu_nodes`; all backends read it once a tick. So everybody decides by the same opinion, and a backend that is cut off from
 * a node moves no rooms on its own account.
 */
export class SfuCluster implements NodeDirectory {
  protected readonly nodes = new Map<string, NodeHealth>();
  protected readonly failures = new Map<string, number>();

  constructor(
    protected readonly redis: RedisClient,
    protected readonly control: SfuControl,
    protected readonly random: Randomness,
    protected readonly metrics: Metrics,
    protected readonly log: Log,
    protected readonly policy: Policy,
    readonly names: readonly string[],
  ) {
    for (const name of names) this.nodes.set(name, { alive: true, load: 0, placed: 0, process: '' });
  }

  alive(node: string): boolean {
    return this.nodes.get(node)?.alive ?? false;
  }

  /** The better of two random choices: loads are old, and everybody choosing the least loaded makes a herd. */
  choose(avoid: string | null): string | null {
    let candidates = this.names.filter((name) => this.alive(name));
    if (candidates.length > 1) candidates = candidates.filter((name) => name !== avoid);
    if (candidates.length === 0) return null;
    const pick = () => candidates[Math.floor(this.random.uniform() * candidates.length)]!;
    const load = (name: string) => this.nodes.get(name)!.load + this.nodes.get(name)!.placed;
    const [a, b] = [pick(), pick()];
    const chosen = load(b) < load(a) ? b : a;
    this.nodes.get(chosen)!.placed++;
    return chosen;
  }

  /** Applies what the caretaker has written. Returns the nodes that are dead now. */
  learn(reply: unknown): string[] {
    for (const [name, text] of fields(reply)) {
      const node = this.nodes.get(name);
      if (!node) continue;
      const [alive, load, process = ''] = text.split('|');
      node.alive = alive === '1';
      if (node.load !== Number(load)) node.placed = 0;
      node.load = Number(load);
      node.process = process;
    }
    return this.names.filter((name) => !this.alive(name));
  }

  /** The caretaker's round: asks every node, writes what changed. Returns nodes that have just died, and nodes that have started anew. */
  async check(): Promise<{ died: string[]; restarted: string[] }> {
    const verdicts = await Promise.all(
      this.names.map(async (name) => {
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
      const load = report?.participants ?? node.load;
      const process = report?.process ?? node.process;
      if (process !== node.process && node.process !== '') restarted.push(name);
      if (alive !== node.alive || load !== node.load || process !== node.process) {
        changes.push(name, `${alive ? 1 : 0}|${load}|${process}`);
        node.alive = alive;
        node.load = load;
        node.placed = 0;
        node.process = process;
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
