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
 * tools for distributed traces need, which know an edge only between two points. A cause at another host without `from` is a
 * reason and no message: no edge.
 */
export function causalSteps({ events }: Counterexample): readonly CausalStep[] {
  const known = new Map(events.map((event) => [event.n, event]));
  const drafts = events.flatMap((event, order): Draft[] => {
    const cause = event.cause === undefined ? undefined : known.get(event.cause);
    const sender = event.from ?? event.host;
    const own: Draft = { host: event.host, atUs: event.atUs, event, role: 'event', order };
    if (sender === event.host || cause?.host === sender) return [own];
    const sentUs = event.sentUs ?? event.atUs;
    // What is sent in one microsecond and arrives in another comes after all events of the first.
    const sendOrder = sentUs === event.atUs ? order - 0.5 : events.length + order;
    return [{ host: sender, atUs: sentUs, event, role: 'send', order: sendOrder }, own];
  });
  drafts.sort((a, b) => a.atUs - b.atUs || a.order - b.order);
  const places = new Map(drafts.map(({ role, event }, place) => [`${role} ${event.n}`, place]));
  return drafts.map(({ order: _, ...step }) => {
    const { event, role, host } = step;
    const sending = role === 'event' ? places.get(`send ${event.n}`) : undefined;
    const cause = event.cause === undefined ? undefined : known.get(event.cause);
    const edge = cause !== undefined && (cause.host === host || (role === 'event' && cause.host === event.from));
    return { ...step, cause: sending ?? (edge ? (places.get(`event ${cause.n}`) ?? null) : null) };
  });
}

type Draft = Omit<CausalStep, 'cause'> & { readonly order: number };
