import { describe, expect, test } from 'vitest';
import { costOptions, scenarioCost } from '../../../sim/cost/cost-options.js';
import { monthCost } from '../../../sim/cost/month-cost.js';
import { BUDGETS, LIST_TRAFFIC, PRICE_LISTS } from '../../../sim/cost/price-list.js';
import { resolveScenario } from '../../../sim/scenario/index.js';

describe('what a month costs', () => {
  test.each(BUDGETS.map((budget) => [budget.document, budget] as const))(
    'the sum of %s comes out of its items',
    (_, { totalUsd, prices, ...use }) => {
      const { title: __, traffic } = PRICE_LISTS[prices];
      expect(monthCost(PRICE_LISTS[prices], traffic, { ...use, relayGb: 0 }).totalUsd).toBe(totalUsd);
    },
  );

  test("A16's and D8's items are the documents'", () => {
    const items = (prices: 'hybrid' | 'calls', use: { sfuNodes: number; turnServers: number; egressGb: number }) =>
      Object.fromEntries(
        monthCost(PRICE_LISTS[prices], PRICE_LISTS[prices].traffic, { backends: 3, relayGb: 0, ...use }).items.map(
          ({ label, usd }) => [label, usd],
        ),
      );
    expect(items('hybrid', { sfuNodes: 2, turnServers: 0, egressGb: 5_000 })).toEqual({
      backends: 150,
      'SFU nodes': 300,
      Redis: 90,
      balancer: 30,
      monitoring: 50,
      backup: 10,
      'egress, relays included': 200,
    });
    expect(items('calls', { sfuNodes: 3, turnServers: 3, egressGb: 10_000 })).toEqual({
      gateways: 180,
      'media servers': 735,
      'TURN servers': 120,
      database: 57,
      Redis: 25,
      monitoring: 50,
      'egress, relays included': 900,
    });
  });

  test('traffic by steps: each GB has the price of its step', () => {
    const usd = (egressGb: number, relayGb = 0) => {
      const use = { backends: 0, sfuNodes: 0, turnServers: 5, egressGb, relayGb };
      return monthCost({ ...PRICE_LISTS.calls, servers: [] }, LIST_TRAFFIC, use).totalUsd;
    };
    expect(usd(100)).toBe(0);
    expect(usd(10_000)).toBeCloseTo(9_900 * 0.09, 6);
    expect(usd(60_000)).toBeCloseTo(9_900 * 0.09 + 40_000 * 0.085 + 10_000 * 0.07, 6);
    expect(usd(250_000) - usd(200_000)).toBeCloseTo(50_000 * 0.05, 6);
    expect(usd(0, 1_500)).toBeCloseTo(500 * 0.05, 6);
  });

  test('a run becomes a month by its hours; relays as a service need no servers', () => {
    const scenario = resolveScenario({
      name: 'x',
      policy: { profile: 'calls' },
      network: { relay: { share: 0.2 } },
      cost: { traffic: 'list', hoursPerMonth: 100 },
    });
    const { totalUsd, items, egressGb } = scenarioCost(scenario, { sfuBytes: 1e9, relayBytes: 0, seconds: 360 });
    expect(egressGb).toBeCloseTo(1_000, 9);
    expect(items.map(({ label }) => label)).not.toContain('TURN servers');
    expect(totalUsd).toBeCloseTo(3 * 60 + 3 * 245 + 57 + 25 + 50 + 900 * 0.09, 6);
    expect(costOptions(resolveScenario({ name: 'x' }))).toMatchObject({ hoursPerMonth: 730, prices: { id: 'hybrid' } });
  });
});
