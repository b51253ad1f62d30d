import type { LayerName } from '../media/layers.js';
import { MessageRate } from './message-rate.js';
import { type SfuClientMessage, type SfuServerMessage, sfuServerMessage } from './protocol.js';

/** A track of another member. */
export interface RemoteTrack {
  readonly publisherId: string;
  readonly consumerId: string;
  readonly sessionId: string;
  readonly userId: string;
}

/** A track that is received, and the SSRC of its packets. */
export interface ReceivedTrack extends RemoteTrack {
  readonly ssrc: number;
}

/** How a {@link MediaClient} meets the world. */
export interface MediaClientPorts {
  /** Sends a message to the media server. */
  send(message: SfuClientMessage): void;
  /** Packets of this track will come. */
  hear(track: ReceivedTrack): void;
  /** No more of them will. */
  unhear(track: ReceivedTrack): void;
  /** The server leaves it out, because there is room for others only; or no longer. */
  leftOut(track: RemoteTrack, leftOut: boolean): void;
}

/** What a {@link MediaClient} is to do. */
export interface MediaClientOptions {
  readonly room: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Lets the session in. */
  readonly token: string;
  /** Of its voice, with their SSRCs. */
  readonly encodings: readonly { readonly layer: LayerName; readonly ssrc: number }[];
  /** Of its transports. */
  readonly dtls: Extract<SfuClientMessage, { type: 'connect-transport' }>['dtls'];
}

/** Messages in a second: a few less than a server takes (B9), which counts when they arrive. */
const MESSAGES_PER_SECOND = 90;
/** What has not been answered for so long is said again. */
const PATIENCE_MS = 2_000;
/** An answer that takes longer than this is not waited for any more; what was said again since then has one of its own. */
const ANSWER_MS = 10_000;

type Direction = 'send' | 'receive';
/** A request that does not know yet by which id its answer will come. */
type Request = SfuClientMessage extends infer Each
  ? Each extends { requestId: string }
    ? Omit<Each, 'requestId' | 'room'>
    : never
  : never;

/** A request that has not been answered yet. */
interface Asked {
  readonly what: string;
  readonly atMs: number;
}

interface Transport {
  id: string | null;
  connected: boolean;
}

/** What is wanted of every track. */
interface Wish {
  /** Nothing better than this. */
  readonly layer: LayerName;
  /** It is heard over another path meanwhile. */
  readonly standby: boolean;
}

/** What a server takes for granted. */
const ANYTHING: Wish = { layer: 'h', standby: false };

interface Track {
  readonly remote: RemoteTrack;
  ssrc: number | null;
  resumed: boolean;
  /** What the server was told of. */
  told: Wish;
}

/**
 * A client's side of the media server's protocol: comes in, makes its two transports, publishes its voice, and asks for every track there is. Level-triggered
 * like everything else: {@link advance} asks for what is missing, whatever has been said before; what is refused for a time is asked for again, what is
 * refused for good is not.
 *
 * Times are ms of the caller's clock. Call {@link advance} once a second or so.
 */
export class MediaClient {
  /** Messages from the server that were none. */
  malformed = 0;
  /** Requests that the server has not answered within 10 s. */
  unanswered = 0;
  /** Answers to what had not been asked, or was not waited for any more. */
  late = 0;
  /** The server has refused something for good; null: nothing. */
  refusal: string | null = null;
  protected created = false;
  protected joined = false;
  protected published = false;
  protected over = false;
  protected wish: Wish = ANYTHING;
  protected readonly transports: Record<Direction, Transport> = {
    send: { id: null, connected: false },
    receive: { id: null, connected: false },
  };
  /** Publisher id -> track */
  protected readonly tracks = new Map<string, Track>();
  protected readonly rate = new MessageRate(MESSAGES_PER_SECOND, 1_000);
  /** What has been asked for -> when it may be asked for again */
  protected readonly againMs = new Map<string, number>();
  /** Request id -> what it asked for, oldest first; of the last 10 s, so at most 900 */
  protected readonly asked = new Map<string, Asked>();
  protected requests = 0;
  protected nowMs = Number.NEGATIVE_INFINITY;

  constructor(
    protected readonly options: MediaClientOptions,
    protected readonly ports: MediaClientPorts,
  ) {}

  /** Whether the session is in its room. */
  get isIn(): boolean {
    return this.joined;
  }

  /** Tracks whose packets come. */
  get received(): number {
    let count = 0;
    for (const { resumed } of this.tracks.values()) if (resumed) count++;
    return count;
  }

  /** Asks for all that is missing, and may be asked for now. */
  advance(atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    if (this.over) return;
    this.giveUp();
    const { userId, sessionId, token } = this.options;
    if (!this.created) {
      this.ask('create-room', { type: 'create-room', userId, token });
      return;
    }
    if (!this.joined) {
      this.ask('join', { type: 'join', userId, sessionId, token });
      return;
    }
    for (const direction of ['send', 'receive'] as const) this.advanceTransport(direction);
    if (!this.published && this.transports.send.connected) this.publish();
    if (this.transports.receive.connected) for (const track of this.tracks.values()) this.advanceTrack(track);
  }

  /**
   * Wants nothing better than this of any track.
   * @param standby tracks are not played yet: they are heard over another path
   */
  prefer(layer: LayerName, atMs: number, standby = false): void {
    if (layer === this.wish.layer && standby === this.wish.standby) return;
    this.wish = { layer, standby };
    this.advance(atMs);
  }

  /** The server has said something: JSON text. What is not of the protocol is counted. */
  receive(text: string, atMs: number): void {
    this.nowMs = Math.max(this.nowMs, atMs);
    const message = this.read(text);
    if (message === null || this.over) return;
    this.giveUp();
    if (this.isLate(message)) this.late++;
    else this.take(message);
    this.advance(atMs);
  }

  /** Goes. */
  leave(): void {
    if (this.over) return;
    if (this.created) this.say({ type: 'leave', requestId: this.requestId('leave'), room: this.options.room });
    this.end();
  }

  /** The connection is gone. */
  end(): void {
    this.over = true;
    this.asked.clear();
    this.forget();
  }

  protected read(text: string): SfuServerMessage | null {
    let value: unknown = null;
    try {
      value = JSON.parse(text);
    } catch {
      // counted below: null is no message
    }
    const result = sfuServerMessage.safeParse(value);
    if (result.success) return result.data;
    this.malformed++;
    return null;
  }

  protected take(message: SfuServerMessage): void {
    switch (message.type) {
      case 'room-created':
        this.created = true;
        break;
      case 'joined':
        this.joined = true;
        this.published = message.published.length > 0;
        for (const track of message.tracks) this.add(track);
        break;
      case 'transport-created':
        this.transports[this.directionOf(message.requestId)].id = message.transportId;
        break;
      case 'transport-connected':
        for (const each of Object.values(this.transports)) if (each.id === message.transportId) each.connected = true;
        break;
      case 'produced':
        this.published = true;
        break;
      case 'new-producer':
        this.add(message);
        break;
      case 'consuming':
        this.consume(message.publisherId, message.ssrc);
        break;
      case 'resumed':
        for (const track of this.tracks.values())
          if (track.remote.consumerId === message.consumerId) track.resumed = true;
        break;
      case 'consumer-paused':
        if (message.cause === 'bandwidth') this.leaveOut(message.consumerId, true);
        break;
      case 'consumer-resumed':
        this.leaveOut(message.consumerId, false);
        break;
      case 'producer-closed':
        this.remove(message.publisherId);
        break;
      case 'removed':
        if (message.reason === 'replaced') this.over = true;
        this.startAnew();
        break;
      case 'refused':
        this.refused(message);
    }
    if ('requestId' in message && message.requestId !== null) this.asked.delete(message.requestId);
  }

  protected refused({ requestId, code, retryAfterMs }: Extract<SfuServerMessage, { type: 'refused' }>): void {
    const what = requestId === null ? undefined : this.asked.get(requestId)?.what;
    if (code === 'unknown-room' || code === 'not-joined') {
      this.startAnew();
      this.againMs.set('create-room', this.nowMs + PATIENCE_MS);
      return;
    }
    // what has ended meanwhile is nothing to be sorry about
    if (retryAfterMs === null && code !== 'gone') this.refusal = code;
    if (what !== undefined) this.againMs.set(what, retryAfterMs === null ? Infinity : this.nowMs + retryAfterMs);
  }

  protected add({ publisherId, consumerId, sessionId, userId }: RemoteTrack): void {
    if (this.tracks.get(publisherId)?.remote.consumerId === consumerId) return;
    this.remove(publisherId);
    const remote = { publisherId, consumerId, sessionId, userId };
    this.tracks.set(publisherId, { remote, ssrc: null, resumed: false, told: ANYTHING });
  }

  protected consume(publisherId: string, ssrc: number): void {
    const track = this.tracks.get(publisherId);
    if (track === undefined || track.ssrc !== null) return;
    track.ssrc = ssrc;
    this.ports.hear({ ...track.remote, ssrc });
  }

  protected leaveOut(consumerId: string, leftOut: boolean): void {
    for (const { remote } of this.tracks.values())
      if (remote.consumerId === consumerId) this.ports.leftOut(remote, leftOut);
  }

  protected remove(publisherId: string): void {
    const track = this.tracks.get(publisherId);
    if (track === undefined) return;
    this.tracks.delete(publisherId);
    const { consumerId } = track.remote;
    for (const what of [`consume-${consumerId}`, `resume-${consumerId}`]) this.waitNoMore(what);
    if (track.ssrc !== null) this.ports.unhear({ ...track.remote, ssrc: track.ssrc });
  }

  protected advanceTransport(direction: Direction): void {
    const transport = this.transports[direction];
    if (transport.id === null) this.ask(`create-${direction}`, { type: 'create-transport', direction });
    else if (!transport.connected) {
      const { dtls } = this.options;
      this.ask(`connect-${direction}`, { type: 'connect-transport', transportId: transport.id, dtls });
    }
  }

  protected publish(): void {
    const transportId = this.transports.send.id as string;
    this.ask('produce', { type: 'produce', transportId, kind: 'audio', encodings: [...this.options.encodings] });
  }

  protected advanceTrack(track: Track): void {
    const { publisherId, consumerId } = track.remote;
    if (track.ssrc === null) {
      const transportId = this.transports.receive.id as string;
      this.ask(`consume-${consumerId}`, { type: 'consume', transportId, publisherId });
      return;
    }
    const { layer, standby } = this.wish;
    const said = layer === track.told.layer && standby === track.told.standby;
    if (!said && this.rate.allow(this.nowMs)) {
      track.told = this.wish;
      const wanted = { room: this.options.room, consumerId, layer: layer === 'h' ? 'auto' : layer } as const;
      this.say({ type: 'quality-update', ...wanted, ...(standby ? { standby } : {}) });
    }
    if (!track.resumed) this.ask(`resume-${consumerId}`, { type: 'resume', consumerId });
  }

  /** Asks, unless it has been asked a moment ago. */
  protected ask(what: string, request: Request): void {
    if (this.nowMs < (this.againMs.get(what) ?? Number.NEGATIVE_INFINITY) || !this.rate.allow(this.nowMs)) return;
    this.againMs.set(what, this.nowMs + PATIENCE_MS);
    this.say({ ...request, requestId: this.requestId(what), room: this.options.room } as SfuClientMessage);
  }

  protected requestId(what: string): string {
    const id = `${what}.${++this.requests}`;
    this.asked.set(id, { what, atMs: this.nowMs });
    return id;
  }

  /** Forgets what the server has left unanswered. */
  protected giveUp(): void {
    for (const [id, { atMs }] of this.asked) {
      if (this.nowMs - atMs < ANSWER_MS) return;
      this.asked.delete(id);
      this.unanswered++;
    }
  }

  /** Forgets what has been asked for, and that it has. */
  protected waitNoMore(what: string): void {
    this.againMs.delete(what);
    for (const [id, asked] of this.asked) if (asked.what === what) this.asked.delete(id);
  }

  /** Whether it answers what nobody waits for: it was said in another life, or too long ago. */
  protected isLate(message: SfuServerMessage): boolean {
    return 'requestId' in message && message.requestId !== null && !this.asked.has(message.requestId);
  }

  protected directionOf(requestId: string): Direction {
    return this.asked.get(requestId)?.what === 'create-receive' ? 'receive' : 'send';
  }

  protected say(message: SfuClientMessage): void {
    this.ports.send(message);
  }

  /** The server does not know the session any more. */
  protected startAnew(): void {
    this.created = this.joined = this.published = false;
    for (const transport of Object.values(this.transports)) {
      transport.id = null;
      transport.connected = false;
    }
    this.againMs.clear();
    this.asked.clear();
    this.forget();
  }

  protected forget(): void {
    for (const publisherId of [...this.tracks.keys()]) this.remove(publisherId);
  }
}
