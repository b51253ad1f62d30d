import { type ChoiceStream, EventLane, type Simulation } from '../kernel/index.js';
import { act } from './act.js';
import { channelSizes } from './channel-sizes.js';
import type { People } from './people.js';
import type { PopulationOptions } from './population-options.js';
import type { VirtualClient } from './virtual-client.js';

/** How to make a {@link Population}. */
export interface PopulationParts {
  readonly sim: Simulation;
  readonly options: PopulationOptions;
  /** Name of an access network -> weight. */
  readonly profiles: Readonly<Record<string, number>>;
  /** Nobody comes, goes or opens a tab from this time on, in seconds. */
  readonly untilS: number;
  /** Makes a client, at its first arrival. */
  readonly createClient: (userId: string, profile: string | undefined) => VirtualClient;
}

/** One person: what it does next, and its device once it has arrived. */
interface Person {
  readonly population: Population;
  readonly userId: string;
  readonly channelId: number;
  readonly guest: boolean;
  readonly secondTab: boolean;
  client: VirtualClient | null;
  /** Stays begun. */
  visits: number;
}

/** People who come, stay, go and come back. Somebody who is away costs one event. */
export class Population implements People {
  /** Clients that have arrived at least once, by order of first arrival. */
  readonly clients: VirtualClient[] = [];
  /** Members planned, by channel id - 1. */
  readonly sizes: readonly number[];
  private readonly byUser = new Map<string, VirtualClient>();
  private readonly behaviour: ChoiceStream;
  private readonly untilUs: number;
  private readonly profileNames: readonly string[];
  private readonly profileLimits: readonly number[];

  /**
   * Plans everything and sets the first arrivals.
   * @throws DeadairError `population.sizes` when the clients do not fill the channels
   */
  constructor(private readonly parts: PopulationParts) {
    const { sim, options, profiles, untilS } = parts;
    const { clients, channels, membersMin, membersMax } = options;
    this.untilUs = untilS * 1e6;
    this.behaviour = sim.choices.stream('population/behaviour');
    this.profileNames = Object.keys(profiles).filter((name) => (profiles[name] as number) > 0);
    let limit = 0;
    this.profileLimits = this.profileNames.map((name) => (limit += profiles[name] as number));
    this.sizes = channelSizes(sim.choices.stream('population/sizes'), clients, channels, membersMin, membersMax);
    if (sim.isExplored) this.describeEvents();
    this.plan();
  }

  /** Tabs open now. */
  get openTabs(): number {
    let count = 0;
    for (const client of this.clients) count += client.tabs.length;
    return count;
  }

  /** The device of a user, once it has arrived. */
  find(userId: string): VirtualClient | undefined {
    return this.byUser.get(userId);
  }

  private plan(): void {
    const { sim, options } = this.parts;
    const guestsPerChannel = options.guests?.perChannel ?? 0;
    const members: Person[] = [];
    const guests: Person[] = [];
    const tabs = sim.choices.stream('population/tabs');
    let user = 0;
    this.sizes.forEach((size, index) => {
      for (let i = 0; i < size; i++) {
        const guest = i >= size - guestsPerChannel;
        const person: Person = {
          population: this,
          userId: String(++user),
          channelId: index + 1,
          guest,
          secondTab: tabs.chance(options.secondTabShare),
          client: null,
          visits: 0,
        };
        (guest ? guests : members).push(person);
      }
    });
    const arrivals = sim.choices.stream('population/arrivals');
    shuffle(members, arrivals);
    this.planArrivals(members, arrivals);
    if (options.guests !== undefined) {
      const { atS, overS } = options.guests;
      for (const guest of guests) this.at(guest, atS + arrivals.between(0, overS), arrive);
    }
  }

  private planArrivals(people: readonly Person[], stream: ChoiceStream): void {
    const { kind, overS, atS } = this.parts.options.arrival;
    let poissonS = 0;
    people.forEach((person, index) => {
      let afterS = 0;
      if (kind === 'storm') afterS = stream.between(0, overS);
      else if (kind === 'ramp') afterS = people.length > 1 ? (overS * index) / (people.length - 1) : 0;
      else {
        poissonS += stream.exponential(overS / people.length);
        afterS = poissonS;
      }
      this.at(person, atS + afterS, arrive);
    });
  }

  private at(person: Person, timeS: number, what: (person: Person) => void): void {
    const timeUs = Math.max(this.parts.sim.nowUs, Math.round(timeS * 1e6));
    if (timeUs < this.untilUs) this.parts.sim.at(timeUs, what, person);
  }

  private after(person: Person, delayS: number, what: (person: Person) => void): void {
    this.at(person, this.parts.sim.nowUs / 1e6 + delayS, what);
  }

  /** @internal */
  arrive(person: Person): void {
    const { options, createClient } = this.parts;
    if (person.client === null) {
      person.client = createClient(person.userId, this.pickProfile());
      this.clients.push(person.client);
      this.byUser.set(person.userId, person.client);
    }
    person.visits++;
    const { client, channelId } = person;
    act(client, () => client.join(channelId));
    const meanS = person.guest ? (options.guests?.stayS ?? null) : options.session.meanS;
    const stayS = meanS === null ? null : Math.max(5, this.behaviour.exponential(meanS));
    if (person.secondTab && person.visits === 1) {
      const longestS = Math.min(stayS ?? 120, 120);
      this.parts.sim.after(Math.round(this.behaviour.between(0.3, 0.8) * longestS * 1e6), secondTab, person);
    }
    if (stayS !== null) this.after(person, stayS, depart);
  }

  /** @internal */
  depart(person: Person): void {
    const { options } = this.parts;
    const client = person.client as VirtualClient;
    const quietly = this.behaviour.chance(options.closeTabShare);
    act(client, () => (quietly ? client.closeTabs() : client.leave()));
    const { guests } = options;
    if (person.guest && guests !== undefined) {
      if (person.visits < guests.visits)
        this.after(person, Math.max(2, this.behaviour.exponential(guests.awayS)), arrive);
    } else if (options.rejoin) this.after(person, Math.max(2, this.behaviour.exponential(options.pauseS)), arrive);
  }

  /** @internal */
  openSecondTab(person: Person): void {
    const client = person.client as VirtualClient;
    if (this.parts.sim.nowUs < this.untilUs && client.tab !== null) act(client, () => void client.openSecondTab());
  }

  private describeEvents(): void {
    const lanes = new Map<Person, EventLane>();
    const lane = (person: Person) => {
      const known = lanes.get(person) ?? new EventLane(`person ${person.userId}`, `client-${person.userId}`);
      lanes.set(person, known);
      return known;
    };
    for (const callback of [arrive, depart, secondTab]) this.parts.sim.describe(callback, lane);
  }

  private pickProfile(): string | undefined {
    const limits = this.profileLimits;
    if (limits.length === 0) return undefined;
    const draw = limits.length === 1 ? 0 : this.behaviour.between(0, limits.at(-1) as number);
    return this.profileNames[limits.findIndex((limit) => draw < limit)];
  }
}

/** Fisher and Yates, in place. */
function shuffle<T>(list: T[], stream: ChoiceStream): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = stream.choose(i + 1);
    const held = list[i] as T;
    list[i] = list[j] as T;
    list[j] = held;
  }
}

function arrive(person: Person): void {
  person.population.arrive(person);
}

function depart(person: Person): void {
  person.population.depart(person);
}

function secondTab(person: Person): void {
  person.population.openSecondTab(person);
}
