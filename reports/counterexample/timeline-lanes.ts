import type { Counterexample, CounterexampleHost } from './counterexample-schema.js';
import { shortNames, shortWord } from './short-names.js';

/** A column of the timeline: one host, or several that share it. */
export interface Lane {
  /** As it stands in the head. */
  readonly name: string;
  readonly hosts: readonly string[];
}

export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Columns of text that each lane takes. */
  readonly laneWidth: number;
  /** What the names mean, where they are not the ids themselves. */
  readonly legend: readonly string[];
}

const NARROWEST = 4;
const WIDEST = 12;

/**
 * Columns for the hosts of a counterexample in `room` characters. Names are shortened when the ids are too long; when even so there
 * is no room for all, the hosts that the violation and the critical pair are not about share a column per kind, clients first.
 */
export function layLanes(counterexample: Counterexample, room: number): Lanes {
  const { hosts } = counterexample;
  const most = Math.max(1, Math.floor(room / NARROWEST));
  const short = shortNames(hosts);
  let lanes: readonly Lane[] = hosts.map(({ id }) => ({ name: id, hosts: [id] }));
  const kinds = [...new Set(hosts.map(({ kind }) => kind))].sort(
    (a, b) => Number(b === 'client') - Number(a === 'client'),
  );
  const apart = hostsThatMatter(counterexample);
  // First only those that do not matter share; then, kind by kind, all.
  for (const keep of [apart, new Set<string>()]) {
    for (const kind of kinds) {
      if (lanes.length > most) lanes = merge(lanes, hosts, kind, keep);
    }
  }
  const widest = Math.max(...lanes.map(({ name }) => name.length));
  const laneWidth = Math.max(NARROWEST, Math.min(WIDEST, Math.floor(room / lanes.length)));
  if (widest < laneWidth) return { lanes, laneWidth: Math.min(laneWidth, widest + 2), legend: legendOfShared(lanes) };
  const named = lanes.map((lane) => ({
    ...lane,
    name: lane.hosts.length === 1 ? (short.get(lane.name) ?? '') : lane.name,
  }));
  const fitting = named.map((lane) => ({ ...lane, name: lane.name.slice(0, laneWidth - 1) }));
  const legend = named.flatMap(({ name, hosts }) => (hosts.length === 1 ? [`${name} ${hosts[0]}`] : []));
  return { lanes: fitting, laneWidth: Math.min(laneWidth, 8), legend: [...legend, ...legendOfShared(fitting)] };
}

function merge(
  lanes: readonly Lane[],
  hosts: readonly CounterexampleHost[],
  kind: string,
  keep: ReadonlySet<string>,
): Lane[] {
  const ofKind = new Set(hosts.filter((host) => host.kind === kind && !keep.has(host.id)).map(({ id }) => id));
  const joined = lanes.filter((lane) => lane.hosts.every((id) => ofKind.has(id)));
  if (joined.length < 2) return [...lanes];
  const shared: Lane = { name: `${shortWord(kind)}*`, hosts: joined.flatMap((lane) => lane.hosts) };
  return lanes.flatMap((lane) => (lane === joined[0] ? [shared] : joined.includes(lane) ? [] : [lane]));
}

function legendOfShared(lanes: readonly Lane[]): string[] {
  return lanes.flatMap(({ name, hosts }) => (hosts.length > 1 ? [`${name} ${listed(hosts)}`] : []));
}

/** `client-1, 2, 5`: what all names begin with is said once. */
function listed([first = '', ...others]: readonly string[]): string {
  const stem = first.replace(/\d+$/, '');
  return [first, ...others.map((id) => (stem !== '' && id.startsWith(stem) ? id.slice(stem.length) : id))].join(', ');
}

/** Hosts of the violation, of the critical pair, of actions and of departures from the tame order. */
function hostsThatMatter({ events, critical, violation }: Counterexample): ReadonlySet<string> {
  const pair = new Set([critical?.first, critical?.second]);
  const hosts = events
    .filter((event) => event.kind === 'violation' || event.chosen === true || pair.has(event.n))
    .flatMap((event) => [event.host, ...(event.from === undefined ? [] : [event.from])]);
  return new Set([...hosts, ...violation.subjects, ...violation.subjects.map((subject) => `client-${subject}`)]);
}
