import type { Scenario } from '../scenario/index.js';
import { type MonthCost, monthCost } from './month-cost.js';
import { LIST_TRAFFIC, PRICE_LISTS, type PriceList, type TrafficPrices } from './price-list.js';

/** Hours of a month: 365 days by 12. */
export const HOURS_PER_MONTH = 730;

/** The prices that a scenario is reckoned with. */
export interface CostOptions {
  readonly prices: PriceList;
  readonly traffic: TrafficPrices;
  /** So many hours of a month are like the scenario, the others are silent. */
  readonly hoursPerMonth: number;
}

/** Those that the scenario names; else the documents' list that belongs to its policy, all month long. */
export function costOptions({ cost, policy }: Pick<Scenario, 'cost' | 'policy'>): CostOptions {
  const prices = PRICE_LISTS[cost?.prices ?? (policy.profile === 'calls' ? 'calls' : 'hybrid')];
  return {
    prices,
    traffic: cost?.traffic === 'list' ? LIST_TRAFFIC : prices.traffic,
    hoursPerMonth: cost?.hoursPerMonth ?? HOURS_PER_MONTH,
  };
}

/**
 * What a month costs in which every hour that counts is like a run.
 * @param traffic bytes that left SFU nodes and relays in the run, and how long it lasted in s
 */
export function scenarioCost(
  scenario: Pick<Scenario, 'cost' | 'policy' | 'topology' | 'network'>,
  {
    sfuBytes,
    relayBytes,
    seconds,
  }: { readonly sfuBytes: number; readonly relayBytes: number; readonly seconds: number },
): MonthCost {
  const { prices, traffic, hoursPerMonth } = costOptions(scenario);
  const months = (hoursPerMonth * 3_600) / seconds;
  return monthCost(prices, traffic, {
    backends: scenario.topology.backends,
    sfuNodes: scenario.topology.sfuNodes,
    turnServers: scenario.network.relay.servers,
    egressGb: (sfuBytes * months) / 1e9,
    relayGb: (relayBytes * months) / 1e9,
  });
}
