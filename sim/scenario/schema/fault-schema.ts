import { z } from 'zod';

const atS = z.number().min(0).max(2_592_000).describe('When it happens. Unit: s of simulated time.');
const forS = z.number().positive().max(2_592_000).describe('How long it lasts. Unit: s.');
const share = z.number().min(0).max(1).default(0);
const downForS = forS.optional().describe('Restarts after this time; left out: it never comes back. Unit: s.');

const hostPattern = /^(any|primary|replica|balancer|(backend|sfu|redis|sentinel|turn|client)-([1-9][0-9]*|\*))$/;
const hostMessage =
  'must name a host: backend-1, sfu-2, redis-1, sentinel-3, turn-1, client-17, backend-*, primary, replica, balancer or any';
const host = z.string().regex(hostPattern, hostMessage);
const target = (defaultTarget: string) =>
  host
    .default(defaultTarget)
    .describe(
      `Which host: an id such as backend-1, or primary, replica, any (drawn from the seed). Default: ${defaultTarget}.`,
    );
const hosts = z.array(host).min(1);

/** One fault. `kind` decides the other fields. Servers are numbered from 1. */
export const faultSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('redis-crash'), atS, target: target('primary'), forS: downForS })
    .describe('The Redis process dies; its data stay on disk.'),
  z
    .strictObject({
      kind: z.literal('redis-restart'),
      atS,
      target: target('primary'),
      keepData: z.boolean().default(true).describe('Whether the data survive. Default: true.'),
    })
    .describe('The Redis process is restarted at once.'),
  z
    .strictObject({ kind: z.literal('redis-pause'), atS, target: target('primary'), forS })
    .describe('The Redis process stops (SIGSTOP) and goes on later.'),
  z
    .strictObject({ kind: z.literal('sentinel-crash'), atS, target: target('any'), forS: downForS })
    .describe('A sentinel dies.'),
  z
    .strictObject({ kind: z.literal('backend-crash'), atS, target: target('any'), forS: downForS })
    .describe('A backend dies with everything in its memory.'),
  z
    .strictObject({ kind: z.literal('backend-pause'), atS, target: target('any'), forS })
    .describe('A backend stops (SIGSTOP, a long garbage collection) and goes on later.'),
  z
    .strictObject({ kind: z.literal('backend-cut-off'), atS, target: target('any'), forS })
    .describe('A backend runs but reaches nobody and is reached by nobody.'),
  z
    .strictObject({ kind: z.literal('sfu-crash'), atS, target: target('any'), forS: downForS })
    .describe('An SFU node dies with its rooms.'),
  z
    .strictObject({ kind: z.literal('sfu-pause'), atS, target: target('any'), forS })
    .describe('An SFU node stops and goes on later.'),
  z
    .strictObject({ kind: z.literal('sfu-cut-off'), atS, target: target('any'), forS })
    .describe('An SFU node runs but is reached by nobody.'),
  z
    .strictObject({ kind: z.literal('sfu-refuse'), atS, target: target('any'), forS })
    .describe('An SFU node refuses new participants and new rooms. Who is inside stays, and it answers every call.'),
  z
    .strictObject({
      kind: z.literal('sfu-slow'),
      atS,
      target: target('any'),
      forS,
      delayMs: z
        .int()
        .min(1)
        .max(600_000)
        .default(2_000)
        .describe('How much later it carries out and answers each control call. Unit: ms. Default: 2000.'),
    })
    .describe('An SFU node starts rooms slowly, and is as slow with all else that backends ask of it.'),
  z
    .strictObject({
      kind: z.literal('sfu-flaky'),
      atS,
      target: target('any'),
      forS,
      startFailShare: share.describe('Share of rooms that fail to start. 0 to 1. Default: 0.'),
      joinFailShare: share.describe('Share of clients that are not let in; they try again. 0 to 1. Default: 0.'),
      dropsPerHour: z
        .number()
        .min(0)
        .max(3_600)
        .default(0)
        .describe('How often an hour the connection of each client inside breaks. Default: 0.'),
    })
    .describe('An SFU node has a regression of known size: it fails now and then.'),
  z
    .strictObject({ kind: z.literal('turn-crash'), atS, target: target('any'), forS: downForS })
    .describe('A TURN server dies with its allocations.'),
  z
    .strictObject({
      kind: z.literal('partition'),
      atS,
      forS,
      from: hosts.describe('Hosts on one side.'),
      to: hosts.describe('Hosts on the other side.'),
      way: z.enum(['both', 'a-to-b']).default('both').describe('both, or only from `from` to `to`. Default: both.'),
    })
    .describe(
      'Nothing gets through between two groups of hosts. Clients that arrive meanwhile are in them by their names.',
    ),
  z
    .strictObject({
      kind: z.literal('operator'),
      atS,
      do: z
        .enum(['force-p2p', 'lift-p2p', 'clear-stuck', 'reconcile', 'health', 'revoke-tokens'])
        .describe(
          'force-p2p: all channels that fit into a mesh go there and stay. lift-p2p: no longer. clear-stuck: ends migrations that are stuck. reconcile: looks for what has to be repaired. health: asks how things are. revoke-tokens: the tokens of `user` are no good any more.',
        ),
      user: z.int().min(1).max(1_000_000).default(1).describe('Of revoke-tokens: whose. Default: 1.'),
    })
    .describe('Not a fault: an operator gives a command (A14). Needs signed tokens.'),
]);

/** Every kind of fault, for "did you mean". */
export const FAULT_KINDS: readonly string[] = faultSchema.options.map((option) => option.shape.kind.value);
