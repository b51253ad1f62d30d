import { type Measured, rateOf } from '../scenario/index.js';
import type { NodeMeter } from '../sfu/capacity/index.js';

/** The metrics of SFU nodes (B13, D6): of worlds with a node model. */
export function nodeMetrics(meter: NodeMeter): [name: string, measured: Measured][] {
  const counter = (value: number): Measured => ({ kind: 'counter', value });
  const gauge = (value: number): Measured => ({ kind: 'gauge', value: Number.isNaN(value) ? null : value });
  const packetsIn = meter.total((machine) => machine.packetsIn);
  const dropped = meter.total((machine) => machine.dropped);
  return [
    ['sfu_cpu', meter.cpu],
    ['sfu_cpu_max', gauge(meter.cpu.max)],
    ['sfu_memory', meter.memory],
    ['sfu_memory_max', gauge(meter.memory.max)],
    ['sfu_card', meter.card],
    ['sfu_card_max', gauge(meter.card.max)],
    ['sfu_participants', meter.participants],
    ['sfu_rooms', meter.rooms],
    ['sfu_consumers', meter.consumers],
    ['sfu_nodes', meter.nodes],
    ['sfu_node_hours', counter(meter.nodeUs / 3.6e9)],
    ['sfu_packets_received', counter(Math.round(packetsIn))],
    ['sfu_packets_forwarded', counter(Math.round(meter.total((machine) => machine.packetsOut)))],
    ['sfu_dropped_rate', rateOf(dropped, packetsIn)],
    ['sfu_egress_gb', counter(meter.total((machine) => machine.bytesOut) / 1e9)],
    ['forwarding_ms', meter.forwarding],
    ['sfu_refusals', counter(meter.total((machine) => machine.refusals))],
    [
      'sfu_overloaded_rate',
      rateOf(
        meter.total((m) => m.overloadedUs),
        meter.nodeUs,
      ),
    ],
    ['sfu_connection_errors', counter(meter.connectionErrors)],
    ['sfu_connection_s', meter.connections],
  ];
}
