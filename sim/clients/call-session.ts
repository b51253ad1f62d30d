import type { CallAnswer, CallMessage, PersonView } from '../../core/call/call-protocol.js';
import type { CallController, CallListener } from '../../core/client/call-controller.js';
import type { CallDisplay } from '../../core/client/call-display.js';
import type { Timers } from '../../core/ports.js';
import type { ChoiceStream } from '../kernel/index.js';
import type { ClientWorld } from './client-world.js';
import { type HostTimers, StreamRandomness } from './host-timers.js';
import type { ClientRef } from './observer.js';

/** What a {@link CallSession} needs of its tab. */
export interface CallSessionOwner extends ClientRef {
  /** Enters the voice channel of a call; null: leaves it. */
  enterCall(channelId: number | null): void;
}

/** How to make a {@link CallSession}. */
export interface CallSessionOptions {
  readonly world: ClientWorld;
  readonly Calls: typeof CallController;
  readonly owner: CallSessionOwner;
  readonly timers: HostTimers & Timers;
  readonly stream: ChoiceStream;
  /** False when there is no open connection. */
  readonly send: (message: CallMessage) => boolean;
}

/** The part of a tab that takes calls and makes them. */
export class CallSession implements CallListener {
  readonly controller: CallController;
  /** What the person does about what it is shown. */
  reaction: ((display: CallDisplay) => void) | null = null;

  constructor(private readonly options: CallSessionOptions) {
    const { Calls, owner, timers, stream } = options;
    this.controller = new Calls({
      userId: owner.userId,
      clock: timers,
      timers,
      random: new StreamRandomness(`${owner.sessionId}-call`, stream),
      send: (message) => this.say(message),
      listener: this,
    });
  }

  onMessage(message: CallAnswer): void {
    if (message.type !== 'call-view') this.options.world.observer.callAnswered(this.options.owner, message);
    this.controller.onMessage(message);
  }

  onDisplay(display: CallDisplay): void {
    const { world, owner } = this.options;
    world.sim.trace.record(`client-${owner.userId}`, 'client.call', display);
    this.reaction?.(display);
  }

  onChannel(channelId: number | null): void {
    this.options.owner.enterCall(channelId);
  }

  onView(view: PersonView): void {
    this.options.world.observer.callShown(this.options.owner, view);
  }

  onRefused(): void {}

  private say(message: CallMessage): boolean {
    const { send, world, owner } = this.options;
    if (!send(message)) return false;
    world.observer.callSaid(owner, message);
    return true;
  }
}
