import { resolvePolicy, type Scenario } from '../scenario/index.js';
import type { Link } from './link.js';

const ENABLE = 'policy.enableThreshold';
const DISABLE = 'policy.disableThreshold';
const MESH = 'policy.meshLimit';

/**
 * What follows the enable threshold unless it is named: the disable threshold keeps its distance, so that the hysteresis is the same everywhere, and
 * meshes may grow up to the threshold.
 * @param named fields that `--set`, `--vary` and `--with` name
 */
export function thresholdLinks(scenario: Scenario, varied: readonly string[], named: readonly string[]): Link[] {
  if (!varied.includes(ENABLE)) return [];
  const { enableThreshold, disableThreshold, meshLimit } = resolvePolicy(scenario);
  const gap = enableThreshold - disableThreshold;
  const links: Link[] = [
    {
      key: DISABLE,
      expression: `${ENABLE}-${gap}`,
      source: ENABLE,
      operator: '-',
      operand: gap,
      atLeast: 0,
      implied: true,
    },
    { key: MESH, expression: ENABLE, source: ENABLE, operator: null, operand: 0, atLeast: meshLimit, implied: true },
  ];
  return links.filter(({ key }) => !named.includes(key));
}
