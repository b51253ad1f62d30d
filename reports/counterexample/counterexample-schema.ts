import { z } from 'zod';

/** First field of every counterexample file; tells it from other JSON. */
export const COUNTEREXAMPLE_FORMAT = 'deadair-counterexample';

/** Version of the format. It grows with every change that older readers cannot take. */
export const COUNTEREXAMPLE_VERSION = 1;

/** Simulated time in whole microseconds. */
const timeUs = z.int().min(0);
const name = z.string().min(1);

const hostSchema = z.object({
  /** As the events call it, e.g. `backend-1`. */
  id: name,
  /** `client`, `balancer`, `backend`, `redis`, `sentinel`, `sfu`, ... */
  kind: name,
});

/**
 * - `action`: what a person does
 * - `message`: was received (an event of the receiver; `from` and `cause` tell the sender)
 * - `timer`: fired
 * - `command`: was executed by a Redis (an event of that Redis)
 * - `fault`: began or ended
 * - `state`: a client applied a view, a migration changed its state, ...
 * - `violation`: where the oracle objected
 */
const eventKind = z.enum(['action', 'message', 'timer', 'command', 'fault', 'state', 'violation']);

const eventSchema = z.object({
  /** Number of the event; grows, with gaps where the recorder left events out. */
  n: z.int().min(0),
  atUs: timeUs,
  /** Where it happened. */
  host: name,
  kind: eventKind,
  /** In a few words, without host and kind. */
  label: z.string(),
  /** Everything else worth knowing: the whole command, the payload. */
  detail: z.string().optional(),
  /** Host that sent it. */
  from: name.optional(),
  /** When it was sent. */
  sentUs: timeUs.optional(),
  /** `n` of the event that sent it, set the timer or issued the command. */
  cause: z.int().min(0).optional(),
  /** Keys that a command read, and wrote. */
  reads: z.array(z.string()).optional(),
  writes: z.array(z.string()).optional(),
  /** How much later than in the tame order. */
  lateUs: timeUs.optional(),
  /** The schedule departs from the tame order here. */
  chosen: z.literal(true).optional(),
  /** Goes on all the time and explains nothing (heartbeats, health checks): folded where space is short. */
  routine: z.literal(true).optional(),
  /** What matters about the host afterwards, by name; only what changed need be given. */
  state: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** Events that the recorder left out just before this one; `what` names them in the plural, e.g. `heartbeats`. */
  omittedBefore: z.object({ count: z.int().min(1), what: name }).optional(),
});

const criticalSchema = z.object({
  /** `n` of the two events whose order decides. */
  first: z.int().min(0),
  second: z.int().min(0),
  /** What the order does, in one sentence. */
  sentence: z.string(),
  /** Whether a replay with the two swapped was run and passed. */
  swapPasses: z.boolean(),
});

const fields = z.object({
  format: z.literal(COUNTEREXAMPLE_FORMAT),
  version: z.literal(COUNTEREXAMPLE_VERSION),
  deadairVersion: z.string(),
  scenario: z.object({ name, hash: z.string() }),
  /** Hazard that was put into the core, when one was. */
  hazard: name.optional(),
  seed: z.int(),
  strategy: name,
  violation: z.object({
    oracle: name,
    kind: z.enum(['safety', 'liveness']),
    message: z.string(),
    atUs: timeUs,
    /** Users, channels or hosts that it is about. */
    subjects: z.array(z.string()),
  }),
  /** Columns, in order. */
  hosts: z.array(hostSchema).min(1),
  /** In the order in which they happened. */
  events: z.array(eventSchema).min(1),
  /** null: no single pair decides, or it was not looked for. */
  critical: criticalSchema.nullable(),
  /** What is left, and how many replays it took. */
  minimised: z.object({
    actors: z.int().min(0),
    actions: z.int().min(0),
    faults: z.int().min(0),
    choices: z.int().min(0),
    replays: z.int().min(0),
  }),
  actions: z.array(z.object({ atS: z.number().min(0), actor: name, what: z.string() })),
  faults: z.array(
    z.object({
      atS: z.number().min(0),
      kind: name,
      target: z.string(),
      /** null: to the end. 0: at once over, e.g. a crash. */
      forS: z.number().min(0).nullable(),
    }),
  ),
  /** Command line that shows it again. */
  replay: z.string(),
});

type Fields = z.output<typeof fields>;

/**
 * A counterexample that has been found and made small: what was violated, every event on the way, the pair that decides, and how to
 * see it again. Plain JSON; the renderers beside this file read nothing else.
 */
export const counterexampleSchema = fields.superRefine((value, context) => {
  const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const hosts = new Set(value.hosts.map(({ id }) => id));
  if (hosts.size !== value.hosts.length) complain(['hosts'], 'two hosts have the same id');
  checkEvents(value, hosts, complain);
  const known = new Set(value.events.map(({ n }) => n));
  for (const end of ['first', 'second'] as const) {
    const n = value.critical?.[end];
    if (n !== undefined && !known.has(n)) complain(['critical', end], `there is no event ${n}`);
  }
});

function checkEvents(
  value: Fields,
  hosts: ReadonlySet<string>,
  complain: (path: (string | number)[], m: string) => void,
) {
  const times = new Map<number, number>();
  for (const [index, event] of value.events.entries()) {
    const at = (field: string) => ['events', index, field];
    const before = value.events[index - 1];
    if (before !== undefined && event.n <= before.n) complain(at('n'), `must be greater than ${before.n}`);
    if (before !== undefined && event.atUs < before.atUs) complain(at('atUs'), 'is earlier than the event before it');
    for (const field of ['host', 'from'] as const) {
      const host = event[field];
      if (host !== undefined && !hosts.has(host)) complain(at(field), `${JSON.stringify(host)} is not among the hosts`);
    }
    if (event.sentUs !== undefined && event.sentUs > event.atUs) complain(at('sentUs'), 'is later than atUs');
    const causeUs = event.cause === undefined ? undefined : times.get(event.cause);
    if (event.cause !== undefined && causeUs === undefined) complain(at('cause'), `no event ${event.cause} before it`);
    if (causeUs !== undefined && event.sentUs !== undefined && event.sentUs < causeUs)
      complain(at('sentUs'), `is earlier than its cause, event ${event.cause}`);
    times.set(event.n, event.atUs);
  }
}

export type Counterexample = Fields;
export type CounterexampleEvent = Fields['events'][number];
export type CounterexampleHost = Fields['hosts'][number];
export type EventKind = CounterexampleEvent['kind'];
