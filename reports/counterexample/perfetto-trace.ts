import { type CausalStep, causalSteps } from './causal-steps.js';
import type { Counterexample, CounterexampleEvent } from './counterexample-schema.js';
import { plainSpaces } from './wording.js';

/** One event of the Trace Event Format; `ts` and `dur` are microseconds, with three decimals at most. */
interface TraceEvent {
  readonly ph: 'M' | 'X' | 's' | 'f' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: 'e';
  readonly s?: 'g';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A slice lasts until the next of its host, but no longer than the trace by this. */
const SLICES_PER_TRACE = 400;
/** Thread numbers are unique in the whole trace: Perfetto takes a number in two processes for one thread. */
const THREADS_PER_HOST = 100;

/**
 * The events in the Trace Event Format (JSON), for ui.perfetto.dev and chrome://tracing. A host is a process; its events are slices of
 * a first thread (events have no length: a slice only lasts until the next one, so that flows have something to bind to), every
 * value of its state is a slice of a thread of its own. A message is a flow (`s` at the sender, `f` with `bp: e` at the receiver,
 * matched by category, name and id). The violation is a global instant.
 *
 * Format: "Trace Event Format" (Duarte, Sinclair and others, Google); what Perfetto reads of it:
 * `src/trace_processor/importers/json` of Perfetto.
 */
export function renderPerfetto(counterexample: Counterexample): string {
  const { scenario, seed, strategy, deadairVersion, violation, replay } = counterexample;
  const steps = causalSteps(counterexample);
  const pids = new Map(counterexample.hosts.map(({ id }, place) => [id, place + 1]));
  const traceEvents = [
    ...metadata(counterexample, pids),
    ...slices(steps, pids, counterexample),
    ...counterexample.hosts.flatMap(({ id }) => stateSlices(id, pids.get(id) ?? 0, counterexample.events)),
  ];
  const otherData = {
    product: `deadair ${deadairVersion}`,
    scenario: scenario.name,
    scenarioHash: scenario.hash,
    seed,
    strategy,
    violation: `${violation.oracle}: ${violation.message}`,
    replay,
  };
  const lines = traceEvents.map((event) => JSON.stringify(event)).join(',\n');
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

function metadata({ hosts, events }: Counterexample, pids: ReadonlyMap<string, number>): TraceEvent[] {
  return hosts.flatMap(({ id, kind }, place) => {
    const pid = pids.get(id) ?? 0;
    const names = ['events', ...stateNames(id, events)];
    return [
      { ph: 'M', name: 'process_name', pid, tid: threadOf(pid, 0), args: { name: id } },
      { ph: 'M', name: 'process_labels', pid, tid: threadOf(pid, 0), args: { labels: kind } },
      { ph: 'M', name: 'process_sort_index', pid, tid: threadOf(pid, 0), args: { sort_index: place } },
      ...names.flatMap((name, index): TraceEvent[] => [
        { ph: 'M', name: 'thread_name', pid, tid: threadOf(pid, index), args: { name } },
        { ph: 'M', name: 'thread_sort_index', pid, tid: threadOf(pid, index), args: { sort_index: index } },
      ]),
    ];
  });
}

function slices(steps: readonly CausalStep[], pids: ReadonlyMap<string, number>, whole: Counterexample): TraceEvent[] {
  const times = sliceTimes(steps);
  const placeOf = (host: string) => {
    const pid = pids.get(host) ?? 0;
    return { pid, tid: threadOf(pid, 0) };
  };
  const flows = new Map<number, TraceEvent[]>();
  const flow = (at: number, event: TraceEvent) => flows.set(at, [...(flows.get(at) ?? []), event]);
  steps.forEach((step, at) => {
    const sender = step.cause === null ? undefined : steps[step.cause];
    if (sender === undefined || step.cause === null || sender.host === step.host) return;
    const common = { name: step.event.kind, cat: 'message', id: at + 1 };
    flow(step.cause, { ph: 's', ...common, ...placeOf(sender.host), ts: times[step.cause]?.ts ?? 0 });
    flow(at, { ph: 'f', bp: 'e', ...common, ...placeOf(step.host), ts: times[at]?.ts ?? 0 });
  });
  // A flow binds to the slice that is open: it comes after its slice in the file.
  return steps.flatMap((step, at) => {
    const { ts, dur } = times[at] ?? { ts: 0, dur: 0 };
    const place = placeOf(step.host);
    const name = plainSpaces(step.role === 'send' ? `send ${step.event.label}` : step.event.label) || step.event.kind;
    const cat = categories(step, whole);
    const slice: TraceEvent = { ph: 'X', name, cat, ...place, ts, dur, args: argumentsOf(step) };
    const instant: TraceEvent[] =
      step.event.kind === 'violation' ? [{ ph: 'i', s: 'g', name: `violation: ${name}`, cat, ...place, ts }] : [];
    return [slice, ...(flows.get(at) ?? []), ...instant];
  });
}

/** Start and length of each slice: those of one microsecond share it in their order, those of one host never overlap. */
function sliceTimes(steps: readonly CausalStep[]): readonly { readonly ts: number; readonly dur: number }[] {
  const atOnce = new Map<number, number>();
  const ordinals = steps.map(({ atUs }) => {
    const ordinal = atOnce.get(atUs) ?? 0;
    atOnce.set(atUs, ordinal + 1);
    return ordinal;
  });
  const starts = steps.map(({ atUs }, at) => nanoseconds(atUs + (ordinals[at] ?? 0) / (atOnce.get(atUs) ?? 1)));
  const spanUs = (steps.at(-1)?.atUs ?? 0) - (steps[0]?.atUs ?? 0);
  const longest = Math.max(1, Math.round(spanUs / SLICES_PER_TRACE));
  const nextOf = new Map<string, number>();
  const times: { ts: number; dur: number }[] = [];
  for (let at = steps.length - 1; at >= 0; at--) {
    const [ts, host] = [starts[at] ?? 0, steps[at]?.host ?? ''];
    const next = nextOf.get(host) ?? Number.POSITIVE_INFINITY;
    times[at] = { ts, dur: nanoseconds(Math.min(next - ts, longest)) };
    nextOf.set(host, ts);
  }
  return times;
}

/** The state of a host: a slice for each value, until it changes or the trace ends. */
function stateSlices(host: string, pid: number, events: readonly CounterexampleEvent[]): TraceEvent[] {
  const endUs = (events.at(-1)?.atUs ?? 0) + 1;
  return stateNames(host, events).flatMap((name, index) => {
    const changes = events
      .filter((event) => event.host === host && event.state !== undefined && name in event.state)
      .map((event) => ({ atUs: event.atUs, value: event.state?.[name] ?? null }))
      .filter((change, place, all) => place === all.length - 1 || all[place + 1]?.atUs !== change.atUs)
      .filter((change, place, all) => place === 0 || all[place - 1]?.value !== change.value);
    return changes.map(({ atUs, value }, place): TraceEvent => {
      const untilUs = changes[place + 1]?.atUs ?? endUs;
      const place0 = { pid, tid: threadOf(pid, index + 1) };
      return { ph: 'X', name: String(value), cat: 'value', ...place0, ts: atUs, dur: untilUs - atUs };
    });
  });
}

function stateNames(host: string, events: readonly CounterexampleEvent[]): readonly string[] {
  const names = new Set(events.flatMap((event) => (event.host === host ? Object.keys(event.state ?? {}) : [])));
  return [...names].slice(0, THREADS_PER_HOST - 1);
}

function categories({ event, role }: CausalStep, { critical }: Counterexample): string {
  const decisive = role === 'event' && (event.n === critical?.first || event.n === critical?.second);
  return [role === 'send' ? 'send' : event.kind, decisive ? 'critical' : '', event.chosen === true ? 'chosen' : '']
    .filter((word) => word !== '')
    .join(',');
}

function argumentsOf({ event }: CausalStep): Readonly<Record<string, unknown>> {
  const { n, detail, from, reads, writes, lateUs, state } = event;
  // JSON leaves out what is undefined.
  return { n, detail, from, reads: reads?.join(' '), writes: writes?.join(' '), late_us: lateUs, state };
}

function threadOf(pid: number, index: number): number {
  return pid * THREADS_PER_HOST + index;
}

function nanoseconds(us: number): number {
  return Math.round(us * 1000) / 1000;
}
