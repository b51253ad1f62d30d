import { describe, expect, it } from 'vitest';
import { MetricRegistry } from '../../core/metric-registry.js';

describe('the Prometheus text of a process (A10)', () => {
  it('has buckets that add up, sums and counts', () => {
    const registry = new MetricRegistry((name) => name === 'voice_lock_wait_ms');
    for (const value of [0.5, 1, 1.5, 40_000]) registry.observe('voice_lock_wait_ms', value);
    const lines = registry.text().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '# HELP voice_lock_wait_ms Wait for a channel lock',
      '# TYPE voice_lock_wait_ms histogram',
      'voice_lock_wait_ms_bucket{le="1"} 2',
      'voice_lock_wait_ms_bucket{le="2.5"} 3',
    ]);
    expect(lines.slice(-5)).toEqual([
      'voice_lock_wait_ms_bucket{le="30000"} 3',
      'voice_lock_wait_ms_bucket{le="+Inf"} 4',
      'voice_lock_wait_ms_sum 40003',
      'voice_lock_wait_ms_count 4',
      '',
    ]);
  });

  it('has counters from the start where their labels are known, and escapes the others', () => {
    const registry = new MetricRegistry((name) => name === 'voice_migrations_failed_total');
    expect(registry.text()).toContain('voice_migrations_failed_total{reason="timeout",to="sfu"} 0\n');
    registry.count('voice_migrations_failed_total', { to: 'sfu', reason: 'a "quoted"\nreason\\' });
    registry.count('voice_migrations_failed_total', { to: 'sfu', reason: 'timeout' }, 2);
    const text = registry.text();
    expect(text).toContain('voice_migrations_failed_total{reason="a \\"quoted\\"\\nreason\\\\",to="sfu"} 1\n');
    expect(text).toContain('voice_migrations_failed_total{reason="timeout",to="sfu"} 2\n');
  });

  it('shows the gauges it is given, and nothing that this process does not export', () => {
    const registry = new MetricRegistry((name) => name === 'voice_channels');
    registry.count('voice_rollbacks_total', { to: 'sfu', reason: 'timeout' });
    const text = registry.text([
      { name: 'voice_channels', labels: { mode: 'sfu' }, value: 3 },
      { name: 'voice_connections', value: 9 },
    ]);
    expect(text).toBe(
      '# HELP voice_channels Channels by mode\n# TYPE voice_channels gauge\nvoice_channels{mode="sfu"} 3\n',
    );
  });
});
