import { type CallPolicy, defaultCallPolicy } from '../../core/call/call-policy.js';
import { type Policy, PolicyProfiles, policyProblem } from '../../core/policy.js';
import { compileRules } from '../alerts/alert-rule.js';
import { DeadairError } from '../errors.js';
import { PROFILES } from '../net/profiles.js';
import { NODE_PROFILES } from '../sfu/capacity/index.js';
import { applyOverrides, type Override, overrideOf } from './apply-overrides.js';
import { describeIssue, type Problem } from './describe-issue.js';
import { didYouMean } from './did-you-mean.js';
import { expectationChecks } from './expectation-checks.js';
import { scenarioJsonSchema } from './json-schema.js';
import type { Scenario, ScenarioInput } from './scenario.js';
import { scenarioSchema } from './schema/scenario-schema.js';

/** Names the place of a problem, e.g. `load.yaml:12:5`; undefined when it cannot. */
export type Locate = (path: readonly PropertyKey[], atKey: boolean) => string | undefined;

/**
 * Checks a scenario and fills in every default.
 * @param input a scenario as it was written, of any provenance
 * @param options `overrides` as on the command line (`policy.enableThreshold=10`); `locate` names places in the file it came from
 * @throws DeadairError `scenario.invalid`, one line that names the field and the fix
 */
export function resolveScenario(
  input: ScenarioInput | Readonly<Record<string, unknown>>,
  options: { readonly overrides?: readonly string[]; readonly locate?: Locate } = {},
): Scenario {
  const changed = applyOverrides(input as Record<string, unknown>, options.overrides ?? []);
  const fail = (problems: readonly Problem[]) => invalid(problems, changed.overrides, options.locate);
  const parsed = scenarioSchema.safeParse(changed.input);
  if (!parsed.success) {
    const schema = scenarioJsonSchema();
    throw fail(parsed.error.issues.map((issue) => describeIssue(issue, changed.input, schema)));
  }
  const { population, topology, network } = parsed.data;
  const scenario: Scenario = {
    ...parsed.data,
    topology: {
      ...topology,
      sfuNodes: topology.sfuNodes ?? topology.autoscale?.max ?? Math.max(3, Math.ceil(population.clients / 200)),
    },
    network: { ...network, relay: { ...network.relay, servers: network.relay.servers ?? turnServers(network) } },
    population: { ...population, channels: population.channels ?? Math.max(1, Math.round(population.clients / 10)) },
  };
  const problems = crossChecks(scenario);
  if (problems.length > 0) throw fail(problems);
  return scenario;
}

const policies = new WeakMap<Scenario['policy'], Policy>();

/** The policy of a scenario: its profile with its overrides, put together once. Client settings are not part of it. */
export function resolvePolicy(scenario: Pick<Scenario, 'policy'>): Policy {
  let policy = policies.get(scenario.policy);
  if (policy === undefined) {
    policy = mergedPolicy(scenario);
    policies.set(scenario.policy, policy);
  }
  return policy;
}

function mergedPolicy(scenario: Pick<Scenario, 'policy'>): Policy {
  const policy: Record<string, number> = { ...PolicyProfiles[scenario.policy.profile] };
  for (const key of Object.keys(policy)) {
    const own = scenario.policy[key as keyof Policy];
    if (own !== undefined) policy[key] = own;
  }
  return policy as unknown as Policy;
}

/** TURN servers when none are asked for: only worlds in which somebody may need one have them. */
function turnServers({
  relay,
  profiles,
}: Pick<Scenario['network'], 'profiles'> & { relay: { share: number } }): number {
  const symmetric = Object.values(profiles).some(({ nat }) => nat === 'symmetric');
  return relay.share > 0 || symmetric ? 3 : 0;
}

/** The numbers of ringing of a scenario; null: nobody calls there. */
export function resolveCallPolicy({ calls }: Pick<Scenario, 'calls'>): CallPolicy | null {
  if (calls === undefined) return null;
  const given = Object.entries(calls.policy).filter(([, value]) => value !== undefined);
  return { ...defaultCallPolicy, ...(Object.fromEntries(given) as Partial<CallPolicy>) };
}

/** What a schema cannot say: relations between fields, and names that exist elsewhere. */
function crossChecks(scenario: Scenario): Problem[] {
  return [
    ...policyChecks(scenario),
    ...nodeChecks(scenario),
    ...populationChecks(scenario),
    ...callChecks(scenario),
    ...networkChecks(scenario),
    ...faultChecks(scenario),
    ...expectationChecks(scenario),
    ...alertChecks(scenario),
    ...rolloutChecks(scenario),
  ];
}

function policyChecks(scenario: Scenario): Problem[] {
  const text = policyProblem(resolvePolicy(scenario));
  if (text === null) return [];
  const [, key = '', fix = text] = /^policy\.(\w+).*?(must.*)$/s.exec(text) ?? [];
  const value = (resolvePolicy(scenario) as unknown as Record<string, number | undefined>)[key];
  if (value === undefined) return [problem(['policy'], text)];
  return [problem(['policy', key], fix.endsWith(String(value)) ? fix : `${fix}, not ${value}`)];
}

function nodeChecks({ topology: { sfuNode, sfuNodes, autoscale } }: Scenario): Problem[] {
  const problems: Problem[] = [];
  if (sfuNode !== undefined) {
    const { profile, profileFile, profileData, recoverShare, overloadShare } = sfuNode;
    const known = [...NODE_PROFILES.keys()];
    if (profileFile === undefined && profileData === undefined && !known.includes(profile)) {
      const message = `there is no profile "${profile}"${didYouMean(profile, known)}`;
      problems.push(problem(['topology', 'sfuNode', 'profile'], message));
    }
    if (recoverShare >= overloadShare) {
      const message = `must be below overloadShare (${overloadShare}), or nodes flap, not ${recoverShare}`;
      problems.push(problem(['topology', 'sfuNode', 'recoverShare'], message));
    }
  }
  if (autoscale !== undefined) {
    const path = ['topology', 'autoscale'];
    if (sfuNode === undefined) problems.push(problem(path, 'needs the load of the nodes; set topology.sfuNode to {}'));
    if (autoscale.max < autoscale.min)
      problems.push(problem([...path, 'max'], `must be at least min (${autoscale.min}), not ${autoscale.max}`));
    if (sfuNodes !== autoscale.max)
      problems.push(problem(['topology', 'sfuNodes'], 'must be left out: topology.autoscale.max says how many'));
  }
  return problems;
}

function populationChecks({ population, durationS }: Scenario): Problem[] {
  const { clients, channels, membersMin, membersMax, guests, arrival, script } = population;
  if (script !== undefined) {
    return script.flatMap(({ atS }, index) =>
      atS <= durationS
        ? []
        : [problem(['population', 'script', index, 'atS'], `must lie within durationS (${durationS}), not at ${atS}`)],
    );
  }
  const problems: Problem[] = [];
  if (membersMin > membersMax) {
    problems.push(
      problem(['population', 'membersMin'], `must be at most membersMax (${membersMax}), not ${membersMin}`),
    );
  } else if (channels * membersMin > clients || channels * membersMax < clients) {
    const few = channels * membersMin > clients;
    const fix = few
      ? `at least ${channels * membersMin} clients are needed; lower channels or membersMin`
      : `at most ${channels * membersMax} clients fit; raise channels or membersMax`;
    const what = `${clients} clients do not fill ${channels} channels of ${membersMin} to ${membersMax}: ${fix}`;
    problems.push(problem(['population', 'clients'], what));
  }
  if (guests.perChannel > 0 && guests.perChannel >= membersMin) {
    problems.push(problem(['population', 'guests', 'perChannel'], `must be below membersMin (${membersMin})`));
  }
  if (population.script === undefined && arrival.atS > durationS) {
    problems.push(
      problem(['population', 'arrival', 'atS'], `must lie within durationS (${durationS}), not at ${arrival.atS}`),
    );
  }
  return problems;
}

const CALL_STEPS = new Set(['call-on', 'call-off', 'call', 'accept', 'decline', 'hang-up']);

function callChecks({ calls, durationS, population }: Scenario): Problem[] {
  const step = calls === undefined ? (population.script ?? []).findIndex((each) => CALL_STEPS.has(each.do)) : -1;
  if (step >= 0) return [problem(['population', 'script', step, 'do'], 'needs calls: write `calls: {}`')];
  return (calls?.organisations ?? []).flatMap(({ arrivals }, organisation) =>
    arrivals.flatMap(({ atS, overS, perHour, count }, index) => {
      const path = ['calls', 'organisations', organisation, 'arrivals', index];
      if ((perHour === undefined) === (count === undefined))
        return [problem(path, 'must have either perHour or count')];
      return atS + overS <= durationS
        ? []
        : [problem([...path, 'overS'], `must end within durationS (${durationS}), not at ${atS + overS}`)];
    }),
  );
}

function networkChecks({ network, population }: Scenario): Problem[] {
  const known = [...Object.keys(network.profiles), ...Object.keys(PROFILES)];
  const unknown = (name: string, path: readonly PropertyKey[], atKey: boolean): Problem[] =>
    known.includes(name)
      ? []
      : [{ path, message: `there is no network profile "${name}"${didYouMean(name, known)}`, atKey }];
  const weights = Object.values(network.clientProfiles);
  return [
    ...Object.keys(network.clientProfiles).flatMap((name) => unknown(name, ['network', 'clientProfiles', name], true)),
    ...unknown(network.defaultProfile, ['network', 'defaultProfile'], false),
    ...Object.entries(network.profileByKind).flatMap(([kind, name]) =>
      unknown(name, ['network', 'profileByKind', kind], false),
    ),
    ...(population.script ?? []).flatMap((step, index) => {
      const path = ['population', 'script', index, 'network'];
      if (step.network !== undefined) return unknown(step.network, path, false);
      return step.do === 'change-network' ? [problem(path, 'is missing; it names the profile to move to')] : [];
    }),
    ...traceChecks(network),
    ...(weights.every((weight) => weight === 0)
      ? [problem(['network', 'clientProfiles'], 'must give at least one profile a weight above 0')]
      : []),
  ];
}

function traceChecks({ profiles, traces, traceFiles }: Scenario['network']): Problem[] {
  const known = [...Object.keys(traces), ...Object.keys(traceFiles)];
  const hint = (name: string) =>
    known.length === 0 ? '; name its file in network.traceFiles' : didYouMean(name, known);
  return Object.entries(profiles).flatMap(([profile, { trace, up, down }]) => {
    const links = [
      { name: trace, path: [] },
      { name: up?.trace, path: ['up'] },
      { name: down?.trace, path: ['down'] },
    ];
    return links.flatMap(({ name, path }) =>
      name === undefined || name === null || known.includes(name)
        ? []
        : [problem(['network', 'profiles', profile, ...path, 'trace'], `there is no trace "${name}"${hint(name)}`)],
    );
  });
}

function faultChecks({ faults, durationS, topology, population, network, tokens }: Scenario): Problem[] {
  const counts: Record<string, number> = {
    backend: topology.backends,
    sfu: topology.sfuNodes,
    redis: 1 + topology.redis.replicas,
    sentinel: topology.redis.sentinels,
    turn: network.relay.servers,
    client: (population.script ?? []).reduce((last, { user }) => Math.max(last, user), population.clients),
  };
  return faults.flatMap((fault, index) => {
    const problems: Problem[] = [];
    if (fault.atS > durationS) {
      const cure = `set durationS to more than ${fault.atS}, or move the fault (--set faults.${index}.atS=${Math.floor(durationS / 2)}), or leave all out (--set 'faults=[]')`;
      const text = `must lie within durationS (${durationS}), not at ${fault.atS}: the time after it is free of faults; ${cure}`;
      problems.push(problem(['faults', index, 'atS'], text));
    }
    const named =
      fault.kind === 'partition' ? [...fault.from, ...fault.to] : fault.kind === 'operator' ? [] : [fault.target];
    if (fault.kind === 'operator') {
      if (tokens === undefined)
        problems.push(problem(['faults', index, 'kind'], 'needs signed tokens; set tokens to {}'));
    } else if (fault.kind !== 'partition') {
      const [wanted = ''] = fault.kind.split('-');
      const given =
        /^([a-z]+)-(?:\d+|\*)$/.exec(fault.target)?.[1] ??
        (/^(primary|replica)$/.test(fault.target) ? 'redis' : fault.target);
      if (given !== 'any' && given !== wanted) {
        problems.push(
          problem(['faults', index, 'target'], `must name a ${wanted} for ${fault.kind}, not "${fault.target}"`),
        );
      }
    }
    if (fault.kind === 'turn-crash' && network.relay.servers === 0) {
      problems.push(problem(['faults', index, 'kind'], 'needs TURN servers; set network.relay.share or .servers'));
    }
    for (const name of named) {
      const [, kind = '', number = ''] = /^([a-z]+)-(\d+)$/.exec(name) ?? [];
      const count = counts[kind];
      if (count === undefined || Number(number) <= count) continue;
      const path = [
        'faults',
        index,
        fault.kind === 'partition' ? (fault.from.includes(name) ? 'from' : 'to') : 'target',
      ];
      problems.push(
        problem(
          path,
          count === 0 ? `"${name}" does not exist` : `"${name}" does not exist; the last one is ${kind}-${count}`,
        ),
      );
    }
    return problems;
  });
}

function rolloutChecks({ rollout }: Scenario): Problem[] {
  return (rollout?.stages ?? []).flatMap(({ share }, index, stages) => {
    const least = stages[index - 1]?.share ?? 0;
    return share >= least
      ? []
      : [problem(['rollout', 'stages', index, 'share'], `must be at least that of the stage before (${least})`)];
  });
}

function alertChecks({ alerts }: Scenario): Problem[] {
  if (alerts === undefined || typeof alerts.rules === 'string') return [];
  return compileRules(alerts.rules).problems.map(({ path, message }) => problem(['alerts', 'rules', ...path], message));
}

function problem(path: readonly PropertyKey[], message: string): Problem {
  return { path, message, atKey: false };
}

function invalid(
  problems: readonly Problem[],
  overrides: readonly Override[],
  locate: Locate | undefined,
): DeadairError {
  const first = problems[0] as Problem;
  const override = overrideOf(overrides, first.path);
  const place = override === undefined ? locate?.(first.path, first.atKey) : `--set ${override.text}`;
  const name = first.path.map(String).join('.') || 'scenario';
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new DeadairError(
    'scenario.invalid',
    `${place === undefined ? '' : `${place}: `}${name}: ${first.message}${more}`,
  );
}
