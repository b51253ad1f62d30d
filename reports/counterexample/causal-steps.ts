import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';

/** An event, or the sending of one where the file has no event for that. Steps stand in an order of time in which causes come first. */
export interface CausalStep {
  readonly host: string;
  readonly atUs: number;
  readonly event: CounterexampleEvent;
  /** `send`: this is the sending of `event`, at another host than it was received. */
  readonly role: 'event' | 'send';
  /** Place of the step that sent or set it, in the list of steps; null when nothing is known of it. */
  readonly cause: number | null;
}

/**
 * The events with every message made two steps: where the event that sent it is not in the file, a step is made for the sending. What
 * tools for distributed traces need, which know an edge only between two points.
 */
export function causalSteps({ events }: Counterexample): readonly CausalStep[] {
  const known = new Map(events.map((event) => [event.n, event]));
  const drafts: { step: Omit<CausalStep, 'cause'>; causeOf: CounterexampleEvent | null; order: number }[] = [];
  events.forEach((event, order) => {
    const cause = event.cause === undefined ? undefined : known.get(event.cause);
    const sender = event.from ?? event.host;
    if (sender !== event.host && cause?.host !== sender) {
      const atUs = event.sentUs ?? event.atUs;
      drafts.push({ step: { host: sender, atUs, event, role: 'send' }, causeOf: cause ?? null, order: order - 0.5 });
    }
    drafts.push({ step: { host: event.host, atUs: event.atUs, event, role: 'event' }, causeOf: cause ?? null, order });
  });
  // Sendings move up to their time, but not before the event that caused them.
  drafts.sort((a, b) => a.step.atUs - b.step.atUs || rank(a) - rank(b) || a.order - b.order);
  const places = new Map<string, number>();
  drafts.forEach(({ step }, place) => {
    places.set(`${step.role} ${step.event.n}`, place);
  });
  return drafts.map(({ step, causeOf }) => {
    const sending = step.role === 'event' ? places.get(`send ${step.event.n}`) : undefined;
    const own = causeOf === null ? undefined : places.get(`event ${causeOf.n}`);
    return { ...step, cause: sending ?? own ?? null };
  });
}

/** At one time events keep their order; a sending comes just before what it sends when nothing tells more. */
function rank({
  step,
  order,
}: {
  step: { role: string; atUs: number; event: CounterexampleEvent };
  order: number;
}): number {
  return step.role === 'send' && step.event.atUs > step.atUs ? Number.MAX_SAFE_INTEGER : order;
}
