/** What a price is counted by: servers of the deployment, or the deployment as a whole. */
export type PriceUnit = 'backend' | 'sfu node' | 'turn server' | 'deployment';

/** One price of something that runs all month. */
export interface ServerPrice {
  readonly label: string;
  readonly per: PriceUnit;
  readonly usdPerMonth: number;
}

/** Prices of traffic by the month; GB are 1e9 bytes. */
export interface TrafficPrices {
  readonly title: string;
  readonly date: string;
  readonly source: string;
  /** What leaves SFU nodes. Each step holds up to so many GB (null: for the rest). */
  readonly egress: readonly TrafficStep[];
  /** What leaves relays; null: costs the same and is counted together with it. */
  readonly relay: readonly TrafficStep[] | null;
}

export interface TrafficStep {
  readonly upToGb: number | null;
  readonly usdPerGb: number;
}

/** A dated list of what a deployment costs. */
export interface PriceList {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly source: string;
  readonly servers: readonly ServerPrice[];
  readonly traffic: TrafficPrices;
}

/** What a document says a month costs, and for what. */
export interface Budget {
  readonly document: 'A16' | 'D8' | 'C10';
  readonly totalUsd: number;
  /** As the document gives it; 0: exactly. */
  readonly toleranceShare: number;
  /** Servers and traffic that the sum is for. */
  readonly backends: number;
  readonly sfuNodes: number;
  readonly turnServers: number;
  readonly egressGb: number;
  readonly prices: PriceListId;
}
const DOCUMENT_DATE = 'as in the document, undated';

function documented(title: string, source: string, usdPerGb: number): TrafficPrices {
  return { title, date: DOCUMENT_DATE, source, egress: [{ upToGb: null, usdPerGb }], relay: null };
}

const hybrid: PriceList = {
  id: 'hybrid',
  title: 'hybrid channels (A16)',
  date: DOCUMENT_DATE,
  source: 'A16: 3 backends $150, Redis $90, 2 SFU $300, balancer $30, monitoring $50, bandwidth 5 TB $200, backup $10',
  servers: [
    { label: 'backends', per: 'backend', usdPerMonth: 50 },
    { label: 'SFU nodes', per: 'sfu node', usdPerMonth: 150 },
    { label: 'Redis', per: 'deployment', usdPerMonth: 90 },
    { label: 'balancer', per: 'deployment', usdPerMonth: 30 },
    { label: 'monitoring', per: 'deployment', usdPerMonth: 50 },
    { label: 'backup', per: 'deployment', usdPerMonth: 10 },
  ],
  traffic: documented('bandwidth of A16', 'A16: 5 TB $200', 0.04),
};

const calls: PriceList = {
  id: 'calls',
  title: 'calls (D8)',
  date: DOCUMENT_DATE,
  source: 'D8: 3 media servers $735, 3 gateways $180, 3 TURN $120, database $57, Redis $25, 10 TB $900, monitoring $50',
  servers: [
    { label: 'gateways', per: 'backend', usdPerMonth: 60 },
    { label: 'media servers', per: 'sfu node', usdPerMonth: 245 },
    { label: 'TURN servers', per: 'turn server', usdPerMonth: 40 },
    { label: 'database', per: 'deployment', usdPerMonth: 57 },
    { label: 'Redis', per: 'deployment', usdPerMonth: 25 },
    { label: 'monitoring', per: 'deployment', usdPerMonth: 50 },
  ],
  traffic: documented('bandwidth of D8', 'D8: 10 TB $900', 0.09),
};

/** The third document gives a sum and no items: it stands for all of the cluster of C1, with its traffic. */
const rollout: PriceList = {
  id: 'rollout',
  title: 'rollout (C10)',
  date: DOCUMENT_DATE,
  source: 'C10: $2 750 a month, plus or minus 10 %, without items; for the cluster of C1',
  servers: [{ label: 'all of it: 3 backends, 3 SFU nodes, TURN in 3 regions', per: 'deployment', usdPerMonth: 2_750 }],
  traffic: documented('contained in the sum of C10', 'C10', 0),
};

/** The documents' price lists. */
export const PRICE_LISTS = { hybrid, calls, rollout } as const satisfies Record<string, PriceList>;

export type PriceListId = keyof typeof PRICE_LISTS;

/** List prices of a large cloud, and of a relay service. */
export const LIST_TRAFFIC: TrafficPrices = {
  title: 'list prices: egress of a large cloud by steps, relay as a service',
  date: 'early 2026',
  source:
    'AWS EC2 on-demand, data transfer out to the internet, US regions: first 100 GB free, $0.09 up to 10 TB, $0.085 the next 40, $0.07 the next 100, $0.05 beyond; Cloudflare Realtime TURN: first 1 000 GB free, then $0.05',
  egress: [
    { upToGb: 100, usdPerGb: 0 },
    { upToGb: 10_000, usdPerGb: 0.09 },
    { upToGb: 50_000, usdPerGb: 0.085 },
    { upToGb: 150_000, usdPerGb: 0.07 },
    { upToGb: null, usdPerGb: 0.05 },
  ],
  relay: [
    { upToGb: 1_000, usdPerGb: 0 },
    { upToGb: null, usdPerGb: 0.05 },
  ],
};

/** The documents' sums. */
export const BUDGETS: readonly Budget[] = [
  {
    document: 'A16',
    totalUsd: 830,
    toleranceShare: 0,
    backends: 3,
    sfuNodes: 2,
    turnServers: 0,
    egressGb: 5_000,
    prices: 'hybrid',
  },
  {
    document: 'D8',
    totalUsd: 2_067,
    toleranceShare: 0,
    backends: 3,
    sfuNodes: 3,
    turnServers: 3,
    egressGb: 10_000,
    prices: 'calls',
  },
  {
    document: 'C10',
    totalUsd: 2_750,
    toleranceShare: 0.1,
    backends: 3,
    sfuNodes: 3,
    turnServers: 3,
    egressGb: 0,
    prices: 'rollout',
  },
];
