import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import { parseExposition } from './exposition.js';
import { type Labels, labelKey, NAME } from './labels.js';
import type { SeriesStore } from './series-store.js';

/** Something that can be scraped. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  /** Where the page is served. */
  readonly host: Host;
  /** Whether anybody serves it: an exporter may live on when the process beside it is dead. */
  answers(): boolean;
  /** The page in the Prometheus text format; null: nobody serves it. */
  page(): Promise<string | null> | string | null;
}

/** How the monitoring reaches its targets. */
export interface ScraperOptions {
  readonly sim: Simulation;
  readonly store: SeriesStore;
  readonly targets: readonly ScrapeTarget[];
  readonly reachable: (target: Host) => boolean;
  /** An answer that takes longer is none. */
  readonly timeoutMs: number;
}

/**
 * Scrapes as Prometheus does: `job` and `instance` are added to every sample, `up` tells whether it went well, series that are gone
 * are marked as ended. It asks the targets directly and not through the links: a scrape is neither slow nor lost, but who is dead, cut off or
 * stopped does not answer.
 */
export class Scraper {
  /** Series of the last scrape of each target. */
  private readonly last = new Map<ScrapeTarget, Map<string, Labels>>();
  scrapes = 0;

  constructor(private readonly options: ScraperOptions) {}

  /** Scrapes every target once. */
  scrape(atMs: number): void {
    const { targets, sim, timeoutMs } = this.options;
    this.scrapes++;
    for (const target of targets) {
      const round: Round = { scraper: this, target, atMs, over: false };
      if (!this.serves(target)) {
        this.finish(round, null);
        continue;
      }
      const page = target.page();
      if (page === null || typeof page === 'string') {
        this.finish(round, page);
        continue;
      }
      sim.after(timeoutMs * 1_000, giveUp, round);
      void this.await(round, page);
      sim.wake();
    }
  }

  /** @internal */
  finish(round: Round, page: string | null): void {
    if (round.over) return;
    round.over = true;
    const { store } = this.options;
    const { target, atMs } = round;
    const own = { job: target.job, instance: target.instance };
    const before = this.last.get(target) ?? new Map<string, Labels>();
    const present = new Map<string, Labels>();
    for (const { labels: found, value } of page === null ? [] : parseExposition(page)) {
      const labels = { ...found, ...own };
      present.set(labelKey(labels), labels);
      store.add(labels, atMs, value);
    }
    for (const [key, labels] of before) if (!present.has(key)) store.add(labels, atMs, null);
    this.last.set(target, present);
    store.add({ [NAME]: 'up', ...own }, atMs, page === null ? 0 : 1);
  }

  private async await(round: Round, answer: Promise<string | null>): Promise<void> {
    const page = await answer.catch(() => null);
    this.finish(round, this.serves(round.target) ? page : null);
  }

  private serves(target: ScrapeTarget): boolean {
    return target.answers() && this.options.reachable(target.host);
  }
}

interface Round {
  readonly scraper: Scraper;
  readonly target: ScrapeTarget;
  readonly atMs: number;
  over: boolean;
}

function giveUp(round: Round): void {
  round.scraper.finish(round, null);
}
