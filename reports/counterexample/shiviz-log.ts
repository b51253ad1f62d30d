import { type CausalStep, causalSteps } from './causal-steps.js';
import type { Counterexample } from './counterexample-schema.js';
import { eventTime, plainSpaces } from './wording.js';

/**
 * The expression that ShiViz splits the log with: first line of the file, as its loader wants it. The groups `event`, `host` and
 * `clock` are required; the others are shown in its side panel.
 */
export const SHIVIZ_PARSER = String.raw`(?<time>\d+\.\d+) (?<n>\d+) (?<kind>\S+) (?<event>.*)\n(?<host>\S+) (?<clock>\{.*\})`;

/**
 * A log for ShiViz (https://bestchai.bitbucket.io/shiviz/): the parser expression, an empty line (there is one execution), then two
 * lines an event with its vector clock (Mattern, Fidge 1988): each host counts its own events from 1, and a receiver takes the larger
 * of both at every place. Order at a host and messages make the clocks, nothing else: what they do not order is concurrent.
 */
export function renderShiviz(counterexample: Counterexample): string {
  const clocks: Map<string, number>[] = [];
  const latest = new Map<string, ReadonlyMap<string, number>>();
  const lines = causalSteps(counterexample).map((step) => {
    const clock = new Map(latest.get(step.host));
    if (step.cause !== null) {
      for (const [host, count] of clocks[step.cause] ?? []) clock.set(host, Math.max(count, clock.get(host) ?? 0));
    }
    clock.set(step.host, (clock.get(step.host) ?? 0) + 1);
    clocks.push(clock);
    latest.set(step.host, clock);
    return `${headline(step, counterexample)}\n${hostName(step.host)} ${clockJson(clock)}`;
  });
  return `${SHIVIZ_PARSER}\n\n${lines.join('\n')}\n`;
}

function headline({ event, role, atUs }: CausalStep, { critical }: Counterexample): string {
  const marks = [
    event.n === critical?.first && role === 'event' ? '[critical 1]' : '',
    event.n === critical?.second && role === 'event' ? '[critical 2]' : '',
    event.chosen === true && role === 'event' ? '[out of turn]' : '',
  ];
  const text = role === 'send' ? `send to ${event.host}: ${event.label}` : event.label;
  const words = [...marks, plainSpaces(text)].filter((word) => word !== '').join(' ');
  return `${eventTime(atUs)} ${event.n} ${role === 'send' ? 'send' : event.kind} ${words === '' ? '-' : words}`;
}

/** Hosts stand in the order of their names, so that equal clocks are equal texts. */
function clockJson(clock: ReadonlyMap<string, number>): string {
  const entries = [...clock].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([host, count]) => `${JSON.stringify(hostName(host))}:${count}`).join(', ')}}`;
}

/** A host name is one word for ShiViz. */
function hostName(host: string): string {
  return host.replace(/\s+/g, '_');
}
