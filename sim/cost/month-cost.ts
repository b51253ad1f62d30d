import type { PriceList, PriceUnit, TrafficPrices, TrafficStep } from './price-list.js';

/** What runs, and what it sends in a month. */
export interface MonthUse {
  readonly backends: number;
  readonly sfuNodes: number;
  readonly turnServers: number;
  /** What leaves SFU nodes, and relays, in GB of 1e9 bytes. */
  readonly egressGb: number;
  readonly relayGb: number;
}

/** A line of the bill. */
export interface CostItem {
  readonly label: string;
  readonly quantity: number;
  readonly unit: string;
  /** Mean price of one. */
  readonly unitUsd: number;
  readonly usd: number;
}

/** The bill of a month. */
export interface MonthCost {
  readonly totalUsd: number;
  readonly items: readonly CostItem[];
  readonly egressGb: number;
  readonly relayGb: number;
}

/** What a deployment costs a month. Where relays are bought as a service, their servers are not. */
export function monthCost(prices: PriceList, traffic: TrafficPrices, use: MonthUse): MonthCost {
  const { egressGb, relayGb } = use;
  const counts: Record<PriceUnit, number> = {
    backend: use.backends,
    'sfu node': use.sfuNodes,
    'turn server': traffic.relay === null ? use.turnServers : 0,
    deployment: 1,
  };
  const items: CostItem[] = prices.servers.flatMap(({ label, per, usdPerMonth }) => {
    const quantity = counts[per];
    return quantity === 0 ? [] : [{ label, quantity, unit: per, unitUsd: usdPerMonth, usd: quantity * usdPerMonth }];
  });
  if (traffic.relay === null) items.push(trafficItem('egress, relays included', egressGb + relayGb, traffic.egress));
  else {
    items.push(trafficItem('egress', egressGb, traffic.egress));
    items.push(trafficItem('relay', relayGb, traffic.relay));
  }
  return { totalUsd: items.reduce((sum, { usd }) => sum + usd, 0), items, egressGb, relayGb };
}

function trafficItem(label: string, gb: number, steps: readonly TrafficStep[]): CostItem {
  let usd = 0;
  let from = 0;
  for (const { upToGb, usdPerGb } of steps) {
    const until = Math.min(gb, upToGb ?? Number.POSITIVE_INFINITY);
    if (until > from) usd += (until - from) * usdPerGb;
    from = Math.max(from, until);
  }
  return { label, quantity: gb, unit: 'GB', unitUsd: gb > 0 ? usd / gb : (steps[0]?.usdPerGb ?? 0), usd };
}
