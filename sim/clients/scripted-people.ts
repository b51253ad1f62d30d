import type { CallDisplay } from '../../core/client/call-display.js';
import { EventLane, type Simulation } from '../kernel/index.js';
import { act } from './act.js';
import type { People } from './people.js';
import type { VirtualClient } from './virtual-client.js';

/** What happens to the device. */
type DeviceStep = 'battery' | 'background' | 'foreground' | 'gesture';

/** One thing that a person does. */
export interface Step {
  /** In seconds. */
  readonly atS: number;
  readonly user: number;
  readonly do:
    | 'join'
    | 'leave'
    | 'close-tab'
    | 'second-tab'
    | 'sleep'
    | 'reload'
    | 'change-network'
    | 'call-on'
    | 'call-off'
    | 'call'
    | 'accept'
    | 'decline'
    | 'hang-up'
    | DeviceStep;
  /** Of a join; or an organisation. */
  readonly channel: number;
  /** Of a first join and of change-network: name of an access network. */
  readonly network?: string | undefined;
  /** Of sleep and reload, in seconds. */
  readonly forS: number;
  /** Of battery: charge 0 to 1. */
  readonly level?: number | undefined;
  /** Of battery. Default false. */
  readonly charging?: boolean | undefined;
}

interface Due {
  readonly people: ScriptedPeople;
  readonly step: Step;
}

/** Steps with which somebody may come. */
const ARRIVALS: readonly Step['do'][] = ['join', 'call-on', 'call'];

/** People who do exactly what a script says. A step that makes no sense at its time (a leave after a leave) does nothing. */
export class ScriptedPeople implements People {
  readonly clients: VirtualClient[] = [];
  private readonly byUser = new Map<string, VirtualClient>();
  private readonly lanes = new Map<number, EventLane>();
  /** What people will do about the next call that rings. */
  private readonly answers = new Map<string, 'accept' | 'decline'>();

  /** @param createClient makes a client, at its first join, on the access network that it names, if any */
  constructor(
    private readonly sim: Simulation,
    steps: readonly Step[],
    private readonly createClient: (userId: string, network: string | undefined) => VirtualClient,
  ) {
    if (sim.isExplored) sim.describe(carryOut, ({ step }) => this.lane(step.user));
    for (const step of steps) sim.at(step.atS * 1e6, carryOut, { people: this, step } satisfies Due);
  }

  get openTabs(): number {
    return this.clients.reduce((count, { tabs }) => count + tabs.length, 0);
  }

  find(userId: string): VirtualClient | undefined {
    return this.byUser.get(userId);
  }

  /** @internal */
  carryOut(step: Step): void {
    const userId = String(step.user);
    let client = this.byUser.get(userId);
    if (client === undefined) {
      if (!ARRIVALS.includes(step.do)) return;
      client = this.createClient(userId, step.network);
      this.clients.push(client);
      this.byUser.set(userId, client);
    }
    const { trace } = this.sim;
    trace.record(client.host.id, `person.${step.do}`, ARRIVALS.includes(step.do) ? step.channel : 0);
    const person = client;
    switch (step.do) {
      case 'join':
        act(person, () => {
          if (person.tab === null) person.join(step.channel);
          else person.tab.join(step.channel);
        });
        break;
      case 'leave':
        act(person, () => person.leave());
        break;
      case 'close-tab':
        act(person, () => person.closeTabs());
        break;
      case 'second-tab':
        act(person, () => void person.openSecondTab());
        break;
      case 'sleep':
        person.sleep(step.forS * 1e3);
        break;
      case 'change-network':
        if (step.network !== undefined) person.changeNetwork(step.network);
        break;
      case 'battery':
        person.changeDevice({ battery: { level: step.level ?? 1, charging: step.charging ?? false } });
        break;
      case 'background':
      case 'foreground':
        person.changeDevice({ background: step.do === 'background' });
        break;
      case 'gesture':
        person.changeDevice({ gesture: true });
        break;
      case 'reload':
        person.host.restart(step.forS * 1e6);
        break;
      default:
        act(person, () => this.call(person, step));
    }
  }

  private call(person: VirtualClient, { do: what, channel }: Step): void {
    const tab = person.tab ?? (what === 'call-on' || what === 'call' ? person.openTab() : null);
    const controller = tab?.calls?.controller;
    if (!tab?.calls || !controller) return;
    tab.calls.reaction ??= (display) => this.react(person, display);
    switch (what) {
      case 'call-on':
        controller.on(channel);
        break;
      case 'call-off':
        controller.off();
        break;
      case 'call':
        controller.offer(channel);
        break;
      case 'accept':
      case 'decline':
        // what rings, or will ring next
        this.answers.set(person.userId, what);
        this.react(person, controller.display);
        break;
      case 'hang-up':
        controller.hangUp();
        break;
    }
  }

  /** Answers a call that rings, if the person has made up its mind. */
  private react({ userId, tab }: VirtualClient, display: CallDisplay): void {
    const answer = this.answers.get(userId);
    if (display !== 'ringing' || answer === undefined) return;
    this.answers.delete(userId);
    if (answer === 'accept') tab?.calls?.controller.accept();
    else tab?.calls?.controller.decline();
  }

  private lane(user: number): EventLane {
    let lane = this.lanes.get(user);
    if (lane === undefined) {
      lane = new EventLane(`person ${user}`, `client-${user}`);
      this.lanes.set(user, lane);
    }
    return lane;
  }
}

function carryOut({ people, step }: Due): void {
  people.carryOut(step);
}
