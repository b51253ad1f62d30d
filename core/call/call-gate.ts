import { clientMessageProblem } from '../backend/client-messages.js';
import type { ClientMessage } from '../protocol.js';
import type { CallBackend, CallSpeaker } from './call-backend.js';
import { type CallMessage, callMessageProblem } from './call-protocol.js';

/** The border between client connections and ringing: knows who speaks, and lets nothing through that is not of the protocol. */
export class CallGate {
  protected readonly speakers = new Map<string, CallSpeaker>();

  constructor(
    protected readonly backend: CallBackend,
    protected readonly refuse: (localId: string, requestId: string | null, problem: string) => void,
  ) {}

  /** A message of any kind has arrived on a connection. True when it was about calls: then it has been dealt with. */
  onMessage(localId: string, message: unknown): boolean {
    const { type, requestId } = (typeof message === 'object' && message !== null ? message : {}) as {
      type?: unknown;
      requestId?: unknown;
    };
    if ((type === 'hello' || type === 'ping') && clientMessageProblem(message) === null)
      this.listen(localId, message as Extract<ClientMessage, { type: 'hello' | 'ping' }>);
    if (typeof type !== 'string' || !type.startsWith('call-')) return false;
    const speaker = this.speakers.get(localId);
    const problem = speaker === undefined ? 'hello first' : callMessageProblem(message);
    if (problem !== null) this.refuse(localId, typeof requestId === 'string' ? requestId : null, problem);
    else this.backend.onMessage(speaker!, message as CallMessage);
    return true;
  }

  /** What is not about calls alone, and says who speaks or who is still there. */
  protected listen(localId: string, message: Extract<ClientMessage, { type: 'hello' | 'ping' }>): void {
    if (message.type === 'hello') {
      const { userId, sessionId } = message;
      this.speakers.set(localId, { localId, userId, sessionId });
      return;
    }
    const speaker = this.speakers.get(localId);
    if (speaker !== undefined && message.call !== undefined) this.backend.onHeartbeat(speaker, message.call);
  }

  /** A connection has ended. `clean`: its tab was closed on purpose. */
  onClose(localId: string, clean: boolean): void {
    const speaker = this.speakers.get(localId);
    this.speakers.delete(localId);
    if (speaker !== undefined && clean) this.backend.left(speaker).catch(() => undefined); // the lease runs out
  }
}
