import type { CallAnswer, CallMessage, CallRefusal, PersonView } from '../call/call-protocol.js';
import type { Clock, Randomness, TimerHandle, Timers } from '../ports.js';
import { type CallDisplay, type CallDisplayEvent, callDisplayStep } from './call-display.js';

/** What the application around the controller is told. */
export interface CallListener {
  /** What is shown has changed. */
  onDisplay(display: CallDisplay): void;
  /** The voice channel to be in because of a call; null: none any more. */
  onChannel(channelId: number | null): void;
  /** A newer view has come. */
  onView(view: PersonView): void;
  /** The service has said no to what the person has done last. */
  onRefused(code: CallRefusal): void;
}

export interface CallControllerOptions {
  readonly userId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Randomness;
  /** Sends over the present connection; false when there is none. */
  readonly send: (message: CallMessage) => boolean;
  readonly listener: CallListener;
  /** A request without an answer is said again this often, in ms. Default 3 000. */
  readonly repeatMs?: number;
}

type Deed = 'offer' | 'accept' | 'decline' | 'hang-up';

/** Something the person has done, until a view is known to know of it. */
interface Intent {
  readonly deed: Deed;
  readonly callId: string;
  readonly message: CallMessage;
  /** Version of the first view that knows the outcome; null: not answered yet. */
  answered: number | null;
}

const SEEN: Readonly<Record<PersonView['state'], CallDisplayEvent>> = {
  off: 'SEEN_OFF',
  available: 'SEEN_AVAILABLE',
  ringing: 'SEEN_RINGING',
  calling: 'SEEN_WAITING',
  busy: 'SEEN_CONNECTED',
};

/**
 * The client's side of calls (E3). What the person does shows at once and is said until it is answered, always under the same request id; what the
 * service shows counts by its version, whatever was missed, and a view older than the answer does not take back what was done.
 */
export class CallController {
  protected shown: CallDisplay = 'off';
  protected view: PersonView | null = null;
  protected intent: Intent | null = null;
  /** Takes calls of this organisation; 0: of none. Said until the view says so, too. */
  protected wants = 0;
  /** The call that the person has given up last: should it still come, it is given up again. */
  protected abandoned = '';
  protected channelId: number | null = null;
  /** Numbers what is said about taking calls. */
  protected wishes = 0;
  protected online = false;
  protected timer: TimerHandle | null = null;
  protected readonly repeatMs: number;

  constructor(protected readonly options: CallControllerOptions) {
    this.repeatMs = options.repeatMs ?? 3_000;
  }

  get display(): CallDisplay {
    return this.shown;
  }

  /** The newest view; null before the first. */
  get seen(): PersonView | null {
    return this.view;
  }

  /** Organisation whose calls the person wants to take; 0: none. */
  get wantedOrg(): number {
    return this.wants;
  }

  /** Takes calls of an organisation from now on. */
  on(org: number): void {
    this.wants = org;
    this.wishes++;
    this.step('ON');
    this.speak();
  }

  /** Takes no more calls. A call under way goes on. */
  off(): void {
    this.wants = 0;
    this.wishes++;
    if (this.shown === 'ringing') this.decline();
    else this.step('OFF');
    this.speak();
  }

  /** Calls an organisation. @returns the id of the call, or null when there is one already */
  offer(org: number): string | null {
    if (!this.can('OFFER')) return null;
    const requestId = this.options.random.unique();
    const callId = `${this.options.userId}.${requestId}`;
    this.will('offer', 'OFFER', callId, { type: 'call-offer', requestId, org });
    return callId;
  }

  /** Accepts the call that rings. */
  accept(): boolean {
    return this.answer('accept', 'ACCEPT', 'call-accept');
  }

  decline(): boolean {
    return this.answer('decline', 'DECLINE', 'call-decline');
  }

  /** Ends the call, or gives it up before it is answered. */
  hangUp(): boolean {
    return this.answer('hang-up', 'HANG_UP', 'call-hang-up');
  }

  onOnline(): void {
    this.online = true;
    // the view that was announced may have been lost with the connection: asked again
    if (this.intent !== null) this.intent.answered = null;
    this.speak();
  }

  onOffline(): void {
    this.online = false;
    this.setTimer(null);
  }

  /** Version to name with each heartbeat; null: the person has never had a part in calls. Who has one no more still asks: what it has said may come late. */
  heartbeat(): number | null {
    const { view } = this;
    if ((view === null || view.state === 'off') && this.wishes === 0 && this.intent === null) return null;
    return view?.version ?? 0;
  }

  onMessage(message: CallAnswer): void {
    if (message.type === 'call-view') this.show(message.view);
    else if (message.type === 'call-done') this.answered(message.requestId, message.version, null, 0);
    else this.answered(message.requestId, message.version, message.code, message.retryAfterMs);
  }

  /** The tab is closed: nothing more will happen here. */
  dispose(): void {
    this.setTimer(null);
    this.online = false;
  }

  protected can(event: CallDisplayEvent): boolean {
    return callDisplayStep(this.shown, event).taken;
  }

  protected answer(
    deed: 'accept' | 'decline' | 'hang-up',
    event: 'ACCEPT' | 'DECLINE' | 'HANG_UP',
    type: 'call-accept' | 'call-decline' | 'call-hang-up',
  ): boolean {
    const callId = this.intent?.callId ?? this.view?.call?.callId;
    if (callId === undefined || !this.can(event)) return false;
    if (deed !== 'accept') this.abandoned = callId;
    this.will(deed, event, callId, { type, requestId: this.options.random.unique(), callId });
    return true;
  }

  protected will(deed: Deed, event: CallDisplayEvent, callId: string, message: CallMessage): void {
    this.intent = { deed, callId, message, answered: null };
    this.step(event);
    this.speak();
  }

  protected show(view: PersonView): void {
    if (this.view !== null && view.version <= this.view.version) return;
    this.view = view;
    this.options.listener.onView(view);
    this.settle();
  }

  protected answered(requestId: string, version: number, code: CallRefusal | null, retryAfterMs: number): void {
    const { intent } = this;
    if (intent === null || !('requestId' in intent.message) || intent.message.requestId !== requestId) {
      // another tab of the person is in a call
      if (code === 'elsewhere' && requestId === `wish.${this.wishes}` && this.wants !== 0) {
        this.wants = 0;
        this.settle();
      }
      return;
    }
    if (code === 'try-again' || code === 'store-unavailable') {
      this.setTimer(retryAfterMs * (1 + this.options.random.uniform()));
      return;
    }
    intent.answered = version;
    if (code !== null) {
      if (this.can('REFUSED')) this.step('REFUSED');
      this.options.listener.onRefused(code);
    }
    this.settle();
  }

  /** Shows what the newest view says, unless it is older than what the person has done since. */
  protected settle(): void {
    const { view, intent } = this;
    if (intent !== null) {
      if (this.outdated(intent)) return;
      this.intent = null;
    }
    if (view === null) this.step('SEEN_OFF');
    else if (view.call !== null && view.call.callId === this.abandoned) this.abandonAgain(view.call.callId);
    else this.step(SEEN[view.state]);
    if (this.intent === null && this.wish() === null) this.setTimer(null);
    else if (this.timer === null) this.speak();
  }

  /** Whether the newest view may not know yet what the person has done. */
  protected outdated({ deed, callId, answered }: Intent): boolean {
    const { view } = this;
    if (answered !== null) return answered > (view?.version ?? 0);
    if (view === null) return true;
    const here = view.call?.callId === callId;
    if (deed === 'offer') return !here && view.last?.callId !== callId;
    if (deed === 'accept') return here && view.state === 'ringing';
    return here || this.offerOnItsWay(callId);
  }

  /** An offer that was given up before a view has shown it: it may still come. */
  protected offerOnItsWay(callId: string): boolean {
    return callId.startsWith(`${this.options.userId}.`) && this.view?.last?.callId !== callId;
  }

  /** It was given up, and is there all the same: it has overtaken the word. */
  protected abandonAgain(callId: string): void {
    const type = this.view?.state === 'ringing' ? 'call-decline' : 'call-hang-up';
    const message: CallMessage = { type, requestId: this.options.random.unique(), callId };
    this.intent = { deed: 'hang-up', callId, message, answered: null };
    this.speak();
  }

  /** Says what has not been heard yet, and again after a while. */
  protected speak(): void {
    if (!this.online) return;
    const { intent } = this;
    let waits = false;
    if (intent !== null && intent.answered === null) {
      this.options.send(intent.message);
      waits = true;
    }
    const wish = this.wish();
    if (wish !== null) {
      this.options.send(wish);
      waits = true;
    }
    this.setTimer(waits ? this.repeatMs * (1 + this.options.random.uniform()) : null);
  }

  /** What to ask for so that the person takes calls of whom it wants to; null: it is so. */
  protected wish(): CallMessage | null {
    const { view, wants } = this;
    const taken = view === null || view.state === 'off' ? 0 : view.org;
    if (taken === wants) return null;
    const requestId = `wish.${this.wishes}`;
    return wants === 0 ? { type: 'call-off', requestId } : { type: 'call-on', requestId, org: wants };
  }

  protected setTimer(delayMs: number | null): void {
    this.timer?.cancel();
    this.timer = delayMs === null ? null : this.options.timers.after(delayMs, () => this.speak());
  }

  protected step(event: CallDisplayEvent): void {
    const { state, taken } = callDisplayStep(this.shown, event);
    if (!taken) return;
    const before = this.shown;
    this.shown = state;
    this.follow();
    if (state !== before) this.options.listener.onDisplay(state);
  }

  /** In the voice channel of the call exactly while it is shown as connected by the service. */
  protected follow(): void {
    const call = this.shown === 'connected' ? this.view?.call : null;
    const channelId = call ? call.channelId : null;
    if (channelId === this.channelId) return;
    this.channelId = channelId;
    this.options.listener.onChannel(channelId);
  }
}
