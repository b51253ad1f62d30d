import type { CallDisplay } from '../../core/client/call-display.js';
import type { ChoiceStream, Simulation } from '../kernel/index.js';
import { act } from './act.js';
import type { CallSession } from './call-session.js';
import type { People } from './people.js';
import type { VirtualClient } from './virtual-client.js';
import { WeightedProfiles } from './weighted-profiles.js';

/** An organisation that is called. Times in seconds; see the schema of `calls`. */
export interface OrganisationOptions {
  readonly copies: number;
  readonly staff: {
    readonly count: number;
    readonly atS: number;
    readonly overS: number;
    readonly shiftMeanS: number | null;
    readonly breakMeanS: number;
    readonly answerMinS: number;
    readonly answerMeanS: number;
    readonly ignoreShare: number;
    readonly declineShare: number;
    readonly crashShare: number;
  };
  readonly arrivals: readonly {
    readonly atS: number;
    readonly overS: number;
    readonly perHour?: number | undefined;
    readonly count?: number | undefined;
  }[];
  readonly talkMeanS: number;
  readonly patienceMeanS: number | null;
}

/** How to make a {@link CallCenter}. */
export interface CallCenterParts {
  readonly sim: Simulation;
  readonly organisations: readonly OrganisationOptions[];
  /** Name of an access network -> weight. */
  readonly profiles: Readonly<Record<string, number>>;
  /** Nobody calls, hangs up, comes or goes from this time on, in seconds. */
  readonly untilS: number;
  /** Makes a client, at its first arrival. */
  readonly createClient: (userId: string, profile: string | undefined) => VirtualClient;
}

interface Organisation {
  readonly center: CallCenter;
  readonly org: number;
  readonly options: OrganisationOptions;
}

interface Staff {
  readonly organisation: Organisation;
  readonly userId: string;
  client: VirtualClient | null;
  /** The call that rings or goes on, by number: what was planned for an earlier one is not done. */
  turn: number;
}

interface Caller {
  readonly client: VirtualClient;
  organisation: Organisation;
  connected: boolean;
}

/** A crashed browser is opened again after this, in seconds. */
const REOPENED_S = 120;

/** Staff that comes, takes calls and goes, and people who call. Whoever has called may call again later, as somebody who calls for the first time. */
export class CallCenter implements People {
  readonly clients: VirtualClient[] = [];
  private readonly byUser = new Map<string, VirtualClient>();
  private readonly free: Caller[] = [];
  private readonly behaviour: ChoiceStream;
  private readonly talk: ChoiceStream;
  private readonly profiles: WeightedProfiles;
  private readonly untilUs: number;
  private users = 0;

  /** Plans all arrivals. */
  constructor(private readonly parts: CallCenterParts) {
    const { sim, organisations, profiles, untilS } = parts;
    this.untilUs = untilS * 1e6;
    this.behaviour = sim.choices.stream('calls/behaviour');
    this.talk = sim.choices.stream('calls/talk');
    this.profiles = new WeightedProfiles(profiles);
    const arrivals = sim.choices.stream('calls/arrivals');
    let org = 0;
    for (const options of organisations) {
      for (let copy = 0; copy < options.copies; copy++) {
        const organisation = { center: this, org: ++org, options };
        this.planStaff(organisation);
        for (const window of options.arrivals) this.planCalls(organisation, window, arrivals);
      }
    }
  }

  get openTabs(): number {
    let count = 0;
    for (const client of this.clients) count += client.tabs.length;
    return count;
  }

  find(userId: string): VirtualClient | undefined {
    return this.byUser.get(userId);
  }

  private planStaff(organisation: Organisation): void {
    const { count, atS, overS } = organisation.options.staff;
    for (let i = 0; i < count; i++) {
      const staff: Staff = { organisation, userId: String(++this.users), client: null, turn: 0 };
      this.at(atS + (count > 1 ? (overS * i) / (count - 1) : 0), beginShift, staff);
    }
  }

  private planCalls(
    organisation: Organisation,
    { atS, overS, perHour, count }: OrganisationOptions['arrivals'][number],
    stream: ChoiceStream,
  ): void {
    if (perHour === undefined) {
      for (let i = 0; i < (count ?? 0); i++) this.at(atS + stream.between(0, overS), callIn, organisation);
      return;
    }
    for (let t = stream.exponential(3_600 / perHour); t < overS; t += stream.exponential(3_600 / perHour))
      this.at(atS + t, callIn, organisation);
  }

  private at<T>(timeS: number, what: (subject: T) => void, subject: T): void {
    const timeUs = Math.max(this.parts.sim.nowUs, Math.round(timeS * 1e6));
    if (timeUs < this.untilUs) this.parts.sim.at(timeUs, what, subject);
  }

  private after<T>(delayS: number, what: (subject: T) => void, subject: T): void {
    this.at(this.parts.sim.nowUs / 1e6 + delayS, what, subject);
  }

  private newClient(userId: string): VirtualClient {
    const client = this.parts.createClient(userId, this.profiles.draw(this.behaviour));
    this.clients.push(client);
    this.byUser.set(userId, client);
    return client;
  }

  // staff

  /** @internal */
  beginShift(staff: Staff): void {
    if (staff.client === null) {
      staff.client = this.newClient(staff.userId);
      staff.client.host.onUp(() => this.open(staff));
    }
    this.open(staff);
    const { shiftMeanS } = staff.organisation.options.staff;
    if (shiftMeanS !== null) this.after(Math.max(10, this.behaviour.exponential(shiftMeanS)), endShift, staff);
  }

  private open(staff: Staff): void {
    const client = staff.client!;
    act(client, () => {
      // still in the last call of the shift before
      const calls = (client.tab ?? client.openTab())?.calls;
      if (!calls) return;
      const reaction = (display: CallDisplay) => this.staffSees(staff, calls, display);
      calls.reaction = reaction;
      calls.controller.on(staff.organisation.org);
    });
  }

  /** @internal goes when the call that is under way is over */
  endShift(staff: Staff): void {
    const client = staff.client!;
    act(client, () => {
      const calls = client.tab?.calls;
      if (!calls) return;
      calls.controller.off();
      if (calls.controller.display === 'off') this.goHome(staff);
    });
    this.after(
      Math.max(10, this.behaviour.exponential(staff.organisation.options.staff.breakMeanS)),
      beginShift,
      staff,
    );
  }

  private goHome(staff: Staff): void {
    staff.client!.leave();
  }

  private staffSees(staff: Staff, calls: CallSession, display: CallDisplay): void {
    const { answerMinS, answerMeanS, ignoreShare, declineShare, crashShare } = staff.organisation.options.staff;
    if (display === 'off' && calls.controller.wantedOrg === 0) this.parts.sim.after(0, goHome, staff);
    if (display === 'connected' && crashShare > 0 && this.behaviour.chance(crashShare)) {
      const afterS = this.behaviour.uniform() * staff.organisation.options.talkMeanS;
      this.after(afterS, crash, { staff, turn: staff.turn });
    }
    if (display !== 'ringing') return;
    const turn = ++staff.turn;
    const draw = this.behaviour.uniform();
    if (draw < ignoreShare) return;
    const afterS = answerMinS + (answerMeanS > 0 ? this.behaviour.exponential(answerMeanS) : 0);
    // also after the load is over: what rings then is answered
    const accepts = draw >= ignoreShare + declineShare;
    this.parts.sim.after(Math.round(afterS * 1e6), answer, { staff, calls, turn, accepts });
  }

  /** @internal */
  answer({ staff, calls, turn, accepts }: Answer): void {
    if (staff.turn !== turn) return;
    act(staff.client!, () => {
      if (calls.controller.display !== 'ringing') return;
      if (accepts) calls.controller.accept();
      else calls.controller.decline();
    });
  }

  /** @internal */
  crash({ staff, turn }: { readonly staff: Staff; readonly turn: number }): void {
    if (staff.turn === turn && staff.client!.tab?.calls?.controller.display === 'connected')
      staff.client!.host.restart(REOPENED_S * 1e6);
  }

  /** @internal */
  close(staff: Staff): void {
    const calls = staff.client!.tab?.calls;
    if (calls?.controller.display === 'off' && calls.controller.wantedOrg === 0) this.goHome(staff);
  }

  // callers

  /** @internal */
  callIn(organisation: Organisation): void {
    const caller = this.free.shift() ?? {
      client: this.newClient(String(++this.users)),
      organisation,
      connected: false,
    };
    caller.organisation = organisation;
    caller.connected = false;
    act(caller.client, () => {
      const calls = caller.client.openTab()?.calls;
      if (!calls) return;
      calls.controller.offer(organisation.org);
      const reaction = (display: CallDisplay) => this.callerSees(caller, calls, display);
      calls.reaction = reaction;
      const { patienceMeanS } = organisation.options;
      if (patienceMeanS !== null) this.after(this.talk.exponential(patienceMeanS), giveUp, { caller, calls });
    });
  }

  private callerSees(caller: Caller, calls: CallSession, display: CallDisplay): void {
    if (display === 'connected' && !caller.connected) {
      caller.connected = true;
      this.after(this.talk.exponential(caller.organisation.options.talkMeanS), hangUp, { caller, calls });
    } else if (display === 'off') this.parts.sim.after(0, closeCaller, { caller, calls });
  }

  /** @internal */
  hangUp({ caller, calls }: Calling): void {
    act(caller.client, () => void calls.controller.hangUp());
  }

  /** @internal */
  giveUp({ caller, calls }: Calling): void {
    const { display } = calls.controller;
    if (display === 'offering' || display === 'waiting') this.hangUp({ caller, calls });
  }

  /** @internal */
  closeCaller({ caller, calls }: Calling): void {
    if (caller.client.tab?.calls !== calls || calls.controller.display !== 'off') return;
    caller.client.leave();
    this.free.push(caller);
  }
}

interface Answer {
  readonly staff: Staff;
  readonly calls: CallSession;
  readonly turn: number;
  readonly accepts: boolean;
}

interface Calling {
  readonly caller: Caller;
  readonly calls: CallSession;
}

function beginShift(staff: Staff): void {
  staff.organisation.center.beginShift(staff);
}

function endShift(staff: Staff): void {
  staff.organisation.center.endShift(staff);
}

function goHome(staff: Staff): void {
  staff.organisation.center.close(staff);
}

function answer(due: Answer): void {
  due.staff.organisation.center.answer(due);
}

function crash(due: { readonly staff: Staff; readonly turn: number }): void {
  due.staff.organisation.center.crash(due);
}

function callIn(organisation: Organisation): void {
  organisation.center.callIn(organisation);
}

function hangUp(due: Calling): void {
  due.caller.organisation.center.hangUp(due);
}

function giveUp(due: Calling): void {
  due.caller.organisation.center.giveUp(due);
}

function closeCaller(due: Calling): void {
  due.caller.organisation.center.closeCaller(due);
}
