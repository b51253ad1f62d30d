/**
 * The rules of A11 and B13, word for word as in `scenarios/alerts/voice.rules.yaml` (a test compares them): a text here, because the build ships
 * modules only and a world reads no files.
 */
export const VOICE_RULES = `# Alerts of the voice service. A rule file of Prometheus: \`rule_files: [voice.rules.yaml]\`.
# Jobs: voice-backend (backends), voice-sfu (media servers), redis (redis_exporter beside each server).
groups:
  - name: voice-migrations
    rules:
      - alert: VoiceMigrationFailures
        # who was left alone in the middle of a migration has no complaint: abandoned ones do not count
        expr: |
          sum(rate(voice_migrations_failed_total{reason!="abandoned"}[5m]))
            / (sum(rate(voice_migrations_failed_total{reason!="abandoned"}[5m])) + sum(rate(voice_migrations_completed_total[5m])))
            > 0.1
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "{{ $value | humanizePercentage }} of migrations fail"
      - alert: VoiceMigrationSlow
        expr: histogram_quantile(0.95, sum by (le) (rate(voice_migration_duration_ms_bucket[5m]))) > 10000
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "the 95th percentile of migrations takes {{ $value | humanize }} ms"
      - alert: VoiceMigrationsPileUp
        # every backend counts all channels: the largest figure is the newest
        expr: max(voice_migrations_in_progress) > 5
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "{{ $value }} migrations are in progress at once"
  - name: voice-servers
    rules:
      - alert: VoiceSfuDown
        expr: up{job="voice-sfu"} == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "media server {{ $labels.instance }} does not answer"
      - alert: VoiceBackendDown
        expr: up{job="voice-backend"} == 0
        for: 1m
        labels:
          severity: warning
        annotations:
          summary: "backend {{ $labels.instance }} does not answer"
      - alert: VoiceRedisDown
        expr: redis_up == 0 or up{job="redis"} == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "Redis server {{ $labels.instance }} is down"
      - alert: VoiceStoreUnreachable
        expr: voice_redis_up == 0
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: "backend {{ $labels.instance }} cannot reach Redis"
      - alert: VoiceSfuCpuHigh
        expr: voice_sfu_cpu_share > 0.8
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: "media server {{ $labels.instance }} uses {{ $value | humanizePercentage }} of its CPU"
      - alert: VoiceSfuErrors
        expr: sum by (instance) (rate(voice_sfu_connection_errors_total[5m])) > 0.1
        for: 2m
        labels:
          severity: warning
        annotations:
          summary: "media server {{ $labels.instance }}: {{ $value | humanize }} connection errors a second"
`;
