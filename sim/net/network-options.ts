import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { DeadairError } from '../errors.js';
import { linkProfileSchema } from './link-options.js';
import { PROFILES } from './profiles.js';

const milliseconds = z.number().min(0).max(3_600_000);
const hostKind = z.enum([
  'client',
  'backend',
  'redis',
  'sentinel',
  'sfu',
  'balancer',
  'turn',
  'operator',
  'monitoring',
]);

/** Kinds of hosts that stand in a data centre. */
export const serverKinds = hostKind.options.filter((kind) => kind !== 'client' && kind !== 'operator');

/** Schema of {@link NetworkOptions}; every field has a default. */
export const networkOptionsSchema = z.strictObject({
  /** Access link of hosts without one of their own (a key of `profiles` or a built-in name). Default `datacenter`. */
  defaultProfile: z.string().default('datacenter'),
  /** Access link by kind of host, before `defaultProfile`. Default none. */
  profileByKind: z.partialRecord(hostKind, z.string()).default({}),
  /** Further profiles by name; they may replace built-in ones. Default none. */
  profiles: z.record(z.string(), linkProfileSchema).default({}),
  /** Capacity traces by name: text in mahimahi format. Default none. */
  traces: z.record(z.string(), z.string()).default({}),
  /** One-way delay between hosts of different sites, in ms. Servers share one site, every client is its own. Default 10. */
  backboneDelayMs: milliseconds.default(10),
  /** One-way delays between named sites (see `setSite`), in ms, both directions: `{ 'us-east-1': { 'eu-west-1': 35.5 } }`. Default none. */
  siteDelaysMs: z.record(z.string(), z.record(z.string(), milliseconds)).default({}),
  /** One-way delay of a host to itself, in ms. Default 0.02. */
  loopbackDelayMs: milliseconds.default(0.02),
  /** Size on the wire of a connection message for which the sender names none, in bytes. Default 256. */
  messageBytes: z.number().int().min(1).max(10_000_000).default(256),
  /** Bytes that travel in one packet; a longer message is lost when any of its packets is. Default 1460 (Ethernet, TCP over IPv4). */
  segmentBytes: z.number().int().min(1).max(65_535).default(1460),
  /** A connection whose oldest unacknowledged data has waited this long is given up, in ms. Default 20 000. */
  connectionTimeoutMs: z.number().gt(0).max(3_600_000).default(20_000),
  /** A connect without answer is given up after this, in ms. Default 10 000. */
  connectTimeoutMs: z.number().gt(0).max(3_600_000).default(10_000),
  /** First retransmission of a lost connect packet, in ms; then it doubles. Default 1 000 (RFC 6298, section 2). */
  connectRetryMs: z.number().gt(0).max(3_600_000).default(1_000),
  /** How soon an idle connection notices that its peer is out of reach or gone, in ms. Default 15 000. */
  keepAliveMs: milliseconds.default(15_000),
  /** Smallest retransmission time-out, in ms; it is max(this, 2 RTT) and doubles. Default 200 (Linux TCP_RTO_MIN). */
  retransmitMinMs: z.number().gt(0).max(3_600_000).default(200),
  /** Largest retransmission time-out, in ms. Default 120 000 (Linux TCP_RTO_MAX). */
  retransmitMaxMs: z.number().gt(0).max(3_600_000).default(120_000),
});

/** The one options object of the network, resolved. */
export type NetworkOptions = z.output<typeof networkOptionsSchema>;

/** The same as written by users: every field may be left out. */
export type NetworkOptionsInput = z.input<typeof networkOptionsSchema>;

/** What holds when nothing is said. */
export const DEFAULT_NETWORK_OPTIONS: NetworkOptions = networkOptionsSchema.parse({});

/**
 * Checks options and fills in the defaults.
 * @throws DeadairError `network.invalid-option` that names the field
 */
export function resolveNetworkOptions(input: NetworkOptionsInput | undefined): NetworkOptions {
  if (input === undefined || Object.keys(input).length === 0) return DEFAULT_NETWORK_OPTIONS;
  if (resolved.has(input as NetworkOptions)) return input as NetworkOptions;
  const result = networkOptionsSchema.safeParse(input);
  if (!result.success) throw invalidOption('network', result.error);
  const options = result.data;
  const names = [options.defaultProfile, ...Object.values(options.profileByKind)];
  for (const name of names) if (!isProfile(name, options)) throw unknownProfile(name, options);
  resolved.add(options);
  return options;
}

/** Options that have been checked: worlds are built by the thousand from the same ones. */
const resolved = new WeakSet<NetworkOptions>();

/** True when a profile of this name exists. */
export function isProfile(name: string, options: NetworkOptions): boolean {
  return Object.hasOwn(options.profiles, name) || Object.hasOwn(PROFILES, name);
}

/** The error for a profile that does not exist, with the nearest one that does. */
export function unknownProfile(name: string, options: NetworkOptions): DeadairError {
  const known = [...new Set([...Object.keys(options.profiles), ...Object.keys(PROFILES)])];
  const hint = `did you mean "${closest(name, known)}"? Known: ${known.join(', ')}`;
  return new DeadairError('network.unknown-profile', `network profile "${name}" does not exist; ${hint}`);
}

/** The error for the first thing a schema found wrong, naming the field. */
export function invalidOption(root: string, error: z.ZodError): DeadairError {
  const issue = error.issues[0];
  const path = [root, ...(issue?.path ?? [])].map(String).join('.');
  return new DeadairError('network.invalid-option', `${path}: ${issue?.message ?? 'invalid'}`);
}
