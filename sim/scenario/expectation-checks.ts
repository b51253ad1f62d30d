import { DeadairError } from '../errors.js';
import type { Problem } from './describe-issue.js';
import { didYouMean } from './did-you-mean.js';
import { METRIC_NAMES, metricDescription } from './metric-catalogue.js';
import { type Label, labelsOf, labelValues } from './metric-labels.js';
import { needsOf } from './metric-needs.js';
import type { Scenario } from './scenario.js';
import { parseExpectation } from './slo/parse-expectation.js';
import { parseSelector } from './slo/parse-selector.js';

type World = Pick<Scenario, 'expectations' | 'media' | 'calls' | 'network'>;

/** What is wrong with the service levels of a scenario: before anything is run, not when it is over. */
export function expectationChecks(scenario: World): Problem[] {
  return Object.entries(scenario.expectations).flatMap(([key, entries]): Problem[] => {
    const path = ['expectations', key];
    const atKey = (message: string): Problem[] => [{ path, message, atKey: true }];
    const [selector, unreadable] = attempt(key, () => parseSelector(key));
    if (selector === null) return atKey(unreadable);
    const { metric, labels } = selector;
    const known = metricDescription(metric);
    if (known === undefined) return atKey(`there is no metric "${metric}"${didYouMean(metric, METRIC_NAMES)}`);
    const absent = missingFrom(scenario, metric);
    if (absent !== null) return atKey(absent);
    for (const [label, value] of Object.entries(labels)) {
      const wrong = labelProblem(scenario, metric, label, value);
      if (wrong !== null) return atKey(wrong);
    }
    return entries.flatMap((entry, index): Problem[] => {
      const text = typeof entry === 'string' ? entry : entry.expect;
      const [parsed, problem] = attempt(key, () => parseExpectation(key, known.kind, text));
      return parsed === null ? [{ path: [...path, index], message: problem, atKey: false }] : [];
    });
  });
}

/** Why this world cannot have a metric, or null. */
function missingFrom({ media, calls }: World, metric: string): string | null {
  const needs = needsOf(metric);
  if (needs === 'voice' && media.fidelity === 'none')
    return 'is measured only where voice is simulated; set media.fidelity to packet or flow';
  if (needs === 'calls' && calls === undefined)
    return 'is measured only where people call each other; write `calls: {}`';
  return null;
}

function labelProblem(scenario: World, metric: string, label: string, value: string): string | null {
  const known = labelsOf(metric);
  if (!known.includes(label as Label)) {
    if (known.length === 0) return `${metric} has no labels`;
    return `${metric} has no label "${label}"${didYouMean(label, known)}`;
  }
  const values = labelValues(metric, label as Label, scenario);
  return values.includes(value) ? null : `${label} is never "${value}"${didYouMean(value, values)}`;
}

/** What is made, or why it could not be, without the name of the metric in front. */
function attempt<T>(key: string, make: () => T): [T, ''] | [null, string] {
  try {
    return [make(), ''];
  } catch (error) {
    if (!(error instanceof DeadairError)) throw error;
    return [null, error.message.replace(`expectations.${key}: `, '')];
  }
}
