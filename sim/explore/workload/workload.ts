import { z } from 'zod';
import type { Fault } from '../../scenario/index.js';
import { faultSchema } from '../../scenario/schema/fault-schema.js';

/**
 * What a person can do. `join`: opens a tab and joins a channel. `leave`: leaves with a word, all tabs close. `close-tab`: closes all tabs
 * without a word. `open-tab`: comes back after `close-tab`, into the channel of before. `second-tab`: opens the same channel in another tab.
 */
export const WORKLOAD_ACTIONS = ['join', 'leave', 'close-tab', 'open-tab', 'second-tab'] as const;

export type WorkloadAction = (typeof WORKLOAD_ACTIONS)[number];

export const workloadStepSchema = z.strictObject({
  atMs: z.int().min(0).max(2_592_000_000).describe('When. Unit: ms of simulated time.'),
  actor: z
    .string()
    .regex(/^u[1-9][0-9]*$/, 'must be u1, u2, ...')
    .describe('Who: u1 is user 1.'),
  do: z.enum(WORKLOAD_ACTIONS).describe('What.'),
  channel: z.int().min(1).max(1_000_000).optional().describe('Which channel; for join and open-tab only.'),
});

/** What people and faults do in one run, as plain data: the actors are `u1` to `u<clients>`. */
export const workloadSchema = z.strictObject({
  clients: z.int().min(1).max(1_000_000).describe('People.'),
  steps: z.array(workloadStepSchema).describe('What they do, in order of time.'),
  faults: z.array(faultSchema).default([]).describe('What goes wrong.'),
});

export type WorkloadStep = z.output<typeof workloadStepSchema>;

/** See {@link workloadSchema}. */
export interface Workload {
  readonly clients: number;
  readonly steps: readonly WorkloadStep[];
  readonly faults: readonly Fault[];
}

/** Where a person is after a step. `gone`: the tab was closed without a word, so there is something to come back to. */
export type Presence = 'away' | 'here' | 'gone';

/** What a person can do, by presence, and where that leads. */
export const SEQUEL: Readonly<Record<Presence, Partial<Record<WorkloadAction, Presence>>>> = {
  away: { join: 'here' },
  here: { leave: 'away', 'close-tab': 'gone', 'second-tab': 'here' },
  gone: { 'open-tab': 'here', join: 'here' },
};

/** What a workload asks for that cannot be done, in one sentence, or null. Its shape is the schema's business. */
export function workloadProblem({ clients, steps }: Pick<Workload, 'clients' | 'steps'>): string | null {
  const people = new Map<string, { presence: Presence; channel: number }>();
  let atMs = 0;
  for (const [index, step] of steps.entries()) {
    const fault = (text: string) => `steps[${index}]: ${text}`;
    if (step.atMs < atMs) return fault(`${step.atMs} ms comes after ${atMs} ms; sort the steps by time`);
    atMs = step.atMs;
    const number = Number(step.actor.slice(1));
    if (!(number >= 1 && number <= clients)) return fault(`there is no ${step.actor}; the last one is u${clients}`);
    const person = people.get(step.actor) ?? { presence: 'away', channel: 0 };
    const presence = SEQUEL[person.presence][step.do];
    if (presence === undefined) return fault(`${step.actor} cannot ${step.do} while ${WORDS[person.presence]}`);
    const arrives = step.do === 'join' || step.do === 'open-tab';
    if (arrives !== (step.channel !== undefined))
      return fault(arrives ? `${step.do} needs a channel` : `${step.do} takes no channel`);
    if (step.do === 'open-tab' && step.channel !== person.channel)
      return fault(`open-tab goes back to channel ${person.channel}, not ${step.channel}; use join`);
    people.set(step.actor, { presence, channel: step.channel ?? person.channel });
  }
  return null;
}

const WORDS: Readonly<Record<Presence, string>> = {
  away: 'it has no tab',
  here: 'it has a tab',
  gone: 'its tab is closed',
};
