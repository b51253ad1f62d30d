import { type GaugeValue, MetricRegistry } from '../../core/metric-registry.js';
import type { SfuNode } from './sfu-node.js';
import type { SfuObserver } from './sfu-observer.js';

const isNodeMetric = (name: string): boolean => /^voice_sfu_(?!node_changes_total$|up$)/.test(name);

/** Ends of a participation that nobody asked for. */
const LOST = new Set(['stale', 'timeout', 'reset']);

/** What a simulated node exports (B13), under the names of the core's media server. Its counters begin anew with each process. */
export class SfuExporter implements SfuObserver {
  private registry = new MetricRegistry(isNodeMetric);
  private readonly sinceUs = new Map<string, number>();

  roomStarted(): void {}

  roomStopped(): void {}

  participantIn(_node: string, room: string, epoch: number, _userId: string, sessionId: string, atUs: number): void {
    this.sinceUs.set(`${room}#${epoch}/${sessionId}`, atUs);
  }

  participantOut(
    _node: string,
    room: string,
    epoch: number,
    _userId: string,
    sessionId: string,
    reason: string,
    atUs: number,
  ): void {
    const key = `${room}#${epoch}/${sessionId}`;
    const since = this.sinceUs.get(key);
    this.sinceUs.delete(key);
    if (since !== undefined) this.registry.observe('voice_sfu_connection_duration_ms', (atUs - since) / 1_000);
    if (LOST.has(reason)) this.registry.count('voice_sfu_connection_errors_total', { reason: 'lost' });
  }

  refused(_node: string, reason: string): void {
    this.registry.count('voice_sfu_connection_errors_total', { reason });
  }

  /** The process has died, and its counters with it. */
  forget(): void {
    this.registry = new MetricRegistry(isNodeMetric);
    this.sinceUs.clear();
  }

  /** @param resources shares of the node's CPU and memory in use, where they are known */
  page(node: SfuNode, resources: { readonly cpuShare: number; readonly memoryShare: number } | null): string {
    const sizes = node.runningRooms().map((room) => {
      let attached = 0;
      for (const participant of room.participants.values()) if (participant.attached) attached++;
      return attached;
    });
    const sum = (of: (size: number) => number) => sizes.reduce((total, size) => total + of(size), 0);
    const gauges: GaugeValue[] = [
      { name: 'voice_sfu_rooms', value: sizes.length },
      { name: 'voice_sfu_members', value: sum((size) => size) },
      { name: 'voice_sfu_publishers', value: sum((size) => size) },
      { name: 'voice_sfu_consumers', value: sum((size) => size * Math.max(0, size - 1)) },
    ];
    if (resources !== null) {
      gauges.push({ name: 'voice_sfu_cpu_share', value: resources.cpuShare });
      gauges.push({ name: 'voice_sfu_memory_share', value: resources.memoryShare });
    }
    return this.registry.text(gauges);
  }
}
