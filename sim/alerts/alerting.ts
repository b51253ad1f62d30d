import { type AlertRule, lookingBackMs, type RuleGroup } from './alert-rule.js';
import { type AlertRecord, AlertState } from './alert-state.js';
import { EvaluationError, evaluatePromql } from './promql/evaluate-promql.js';
import { Scraper, type ScraperOptions } from './scraper.js';
import { LOOKBACK_MS, SeriesStore } from './series-store.js';

/** How to make an {@link Alerting}. */
export interface AlertingOptions extends Omit<ScraperOptions, 'store' | 'timeoutMs'> {
  readonly groups: readonly RuleGroup[];
  readonly scrapeIntervalMs: number;
}

interface GroupState {
  readonly alerting: Alerting;
  readonly group: RuleGroup;
  readonly intervalUs: number;
  readonly states: readonly AlertState[];
}

/** The longest a scrape may take, as Prometheus' default. */
const TIMEOUT_MS = 10_000;

/**
 * A Prometheus in simulated time: scrapes, keeps the samples, evaluates the rules between two scrapes. Nothing of it is drawn and nothing of it is in
 * the trace but what scrapes ask of the store.
 */
export class Alerting {
  /** Everything that was ever pending, in order of time. */
  readonly records: AlertRecord[] = [];
  /** Rules that could not be evaluated, with the first reason. */
  readonly errors = new Map<string, string>();
  readonly scraper: Scraper;
  evaluations = 0;
  private readonly store: SeriesStore;

  constructor(private readonly options: AlertingOptions) {
    const { sim, groups, scrapeIntervalMs } = options;
    this.store = new SeriesStore(Math.max(LOOKBACK_MS, lookingBackMs(groups)) + scrapeIntervalMs);
    this.scraper = new Scraper({
      ...options,
      store: this.store,
      timeoutMs: Math.min(TIMEOUT_MS, scrapeIntervalMs / 3),
    });
    sim.after(scrapeIntervalMs * 1_000, scrape, this as Alerting);
    for (const group of groups) {
      const intervalUs = (group.intervalMs ?? scrapeIntervalMs) * 1_000;
      const states = group.rules.map((rule) => new AlertState(rule, (record) => this.records.push(record)));
      // half-way between two scrapes: both have been answered or given up
      const firstUs = Math.round(scrapeIntervalMs * 1_500);
      sim.after(firstUs, evaluate, { alerting: this as Alerting, group, intervalUs, states });
    }
  }

  get rules(): AlertRule[] {
    return this.options.groups.flatMap(({ rules }) => rules);
  }

  /** Alerts that have fired, in the order in which they became pending. */
  get fired(): AlertRecord[] {
    return this.records.filter(({ firingMs }) => firingMs !== null);
  }

  /** Metrics that rules ask for and that no server has exported: a slip of the pen, or something that has never happened. */
  get unseen(): string[] {
    return this.store.unseen();
  }

  /** @internal */
  scrapeAndWait(): void {
    const { sim, scrapeIntervalMs } = this.options;
    this.scraper.scrape(sim.nowUs / 1_000);
    sim.after(scrapeIntervalMs * 1_000, scrape, this as Alerting);
  }

  /** @internal */
  evaluateAndWait(state: GroupState): void {
    const { sim } = this.options;
    const atMs = sim.nowUs / 1_000;
    this.evaluations++;
    state.group.rules.forEach(({ name, expression }, index) => {
      try {
        const value = evaluatePromql(expression, this.store, atMs);
        const vector = typeof value === 'number' ? [{ labels: {}, value }] : value;
        (state.states[index] as AlertState).update(vector, atMs);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        if (!this.errors.has(name)) this.errors.set(name, error.message);
      }
    });
    sim.after(state.intervalUs, evaluate, state);
  }
}

function scrape(alerting: Alerting): void {
  alerting.scrapeAndWait();
}

function evaluate(state: GroupState): void {
  state.alerting.evaluateAndWait(state);
}
