import { z } from 'zod';

const alertSchema = z.object({
  /** Name of the rule. */
  alert: z.string(),
  severity: z.string(),
  /** Labels of the alert, without its name. */
  labels: z.record(z.string(), z.string()),
  /** Since when its expression had a result. */
  pendingAtS: z.number(),
  /** null: it never lasted long enough. */
  firingAtS: z.number().nullable(),
  /** null: still so at the end. */
  resolvedAtS: z.number().nullable(),
  /** Newest value of the expression. */
  value: z.number().nullable(),
  summary: z.string(),
});

/** What a monitoring made of the run. */
export const alertsSchema = z.object({
  scrapes: z.int(),
  evaluations: z.int(),
  /** Metrics that rules ask for and no server has exported. */
  unseen: z.array(z.string()).optional(),
  rules: z.array(
    z.object({
      alert: z.string(),
      group: z.string(),
      severity: z.string(),
      expr: z.string(),
      forS: z.number(),
      /** How often it has fired. */
      fired: z.int(),
      /** Why it can never fire in this world: what it asks for is not simulated. */
      blind: z.string().optional(),
      /** Why it could not be evaluated. */
      error: z.string().optional(),
    }),
  ),
  /** Alerts that fired, then those that were only pending; at most 200 of each, in order of time. */
  timeline: z.array(alertSchema),
});

export type AlertsResult = z.output<typeof alertsSchema>;
export type AlertEvent = AlertsResult['timeline'][number];
