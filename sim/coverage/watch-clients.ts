import { ModeController } from '../../core/client/mode-controller.js';
import type { ChannelView, Mode, ServerMessage } from '../../core/protocol.js';
import type { ControllerClass } from '../clients/index.js';
import type { Replacements } from '../world/world.js';

/** The name under which the coverage table lists clients. */
export const CLIENT_MACHINE = 'client';

/** One step of a session, seen from outside: see {@link clientModel} for what the words mean. */
export interface ClientTransition {
  readonly userId: string;
  readonly sessionId: string;
  readonly from: string;
  readonly event: string;
  readonly state: string;
}

type Phase = NonNullable<ChannelView['migration']>['phase'] | null;

const PHASE_EVENTS: Readonly<Record<string, string>> = {
  hold: 'PREPARING',
  connect: 'INVITED',
  settle: 'SWITCHED',
  rollback: 'RECALLED',
};

/** Where one is who follows a view: `p2p`, `sfu-settling`, `p2p-to-sfu`, ... */
export function placeOf(mode: Mode, phase: Phase, to: Mode): string {
  switch (phase) {
    case null:
      return mode;
    case 'hold':
      return `${mode}-preparing`;
    case 'connect':
      return `${mode}-to-${to}`;
    case 'settle':
      return `${mode}-settling`;
    case 'rollback':
      return `${mode}-rollback`;
  }
}

/**
 * Classes for a world whose clients tell what they go through. It reads what the server says and what the controller then says of itself;
 * a message that the controller does not follow (too old, not for it) changes nothing.
 * @param base replacements to put this on top of, e.g. a hazard's
 */
export function watchClients(listener: (transition: ClientTransition) => void, base: Replacements = {}): Replacements {
  const Base = (base.ModeController ?? ModeController) as typeof ModeController;
  class WatchedController extends Base {
    private seen = 'away';
    private place = 'away';
    private connected = false;

    override join(channelId: number): void {
      super.join(channelId);
      this.moved('joining', 'OPENED');
    }

    override leave(): void {
      const was = this.state;
      super.leave();
      if (was !== 'out') this.moved('leaving', 'LEFT');
    }

    override dispose(): void {
      super.dispose();
      this.moved('away', 'CLOSED');
    }

    override onOnline(): void {
      this.connected = true;
      super.onOnline();
      this.moved(this.place, 'LINE_BACK');
    }

    override onOffline(): void {
      this.connected = false;
      super.onOffline();
      this.moved(this.place, 'LINE_LOST');
    }

    override onMessage(message: ServerMessage): void {
      const wasIn = this.state === 'in';
      const before = this.version;
      super.onMessage(message);
      switch (message.type) {
        case 'queued':
          if (this.state === 'queued') this.moved('queued', 'QUEUED');
          break;
        case 'refused':
          if (this.state === 'joining') this.moved('refused', 'REFUSED');
          break;
        case 'removed':
          if (this.state === 'out' && wasIn) this.moved('displaced', 'DISPLACED');
          else if (this.state === 'out' && this.place !== 'leaving' && this.place !== 'away')
            this.moved('displaced', 'DISPLACED');
          else if (this.state === 'joining' && wasIn) this.moved('joining', 'FORGOTTEN');
          break;
        case 'joined':
        case 'join-ready':
        case 'channel':
          if (this.state === 'in' && message.view.version === this.version && (this.version !== before || !wasIn))
            this.follow(message.view, wasIn);
      }
    }

    private follow({ mode, migration }: ChannelView, wasIn: boolean): void {
      const place = placeOf(mode, migration?.phase ?? null, migration?.to ?? mode);
      const phaseEvent = PHASE_EVENTS[migration?.phase ?? ''] ?? 'AT_REST';
      const admitted = place === 'p2p' ? 'ADMITTED' : `ADMITTED_${place.toUpperCase().replaceAll('-', '_')}`;
      this.moved(place, wasIn ? phaseEvent : admitted);
    }

    private moved(place: string, event: string): void {
      const { userId, sessionId } = this.options;
      const from = this.seen;
      this.place = place;
      this.seen = place !== 'queued' && this.state !== 'in' ? place : this.connected ? place : `${place}-offline`;
      if (this.seen !== from) listener({ userId, sessionId, from, event, state: this.seen });
    }
  }
  return { ...base, ModeController: WatchedController as ControllerClass };
}
