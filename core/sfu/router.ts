import type { LayerName } from '../media/layers.js';
import { FRAME_MS, type RtpFields } from '../media/rtp.js';
import type { Metrics, Randomness } from '../ports.js';
import { allocate, leastVoiceKbps } from './bandwidth-allocation.js';
import { Consumer, type PauseCause } from './consumer.js';
import { Forwarder } from './forwarder.js';
import { LayerSelection } from './layer-selection.js';
import { CLOCK_RATE, type Encoding, Publisher, type TrackKind } from './publisher.js';
import type { CloseReason, LeaveReason, RouterEvent } from './router-events.js';
import { type DownlinkReport, RouterMember } from './router-member.js';
import { SfuRefusal } from './sfu-refusal.js';
import { TALKER } from './voice-choice.js';

/** How a {@link Router} meets the world. `Packet` is whatever the host has; the router reads its RTP header only. */
export interface RouterPorts<Packet extends RtpFields> {
  /**
   * Sends the payload of `packet` with the header `out` to the consumer's session. `out` is used again for the next packet: copy what is
   * kept. Called a million times a second.
   */
  send(consumer: Consumer, out: RtpFields, packet: Packet, layer: LayerName): void;
  /** Tells a member what has happened. */
  tell(sessionId: string, event: RouterEvent): void;
  readonly random: Randomness;
  readonly metrics: Metrics;
}

/** Parts of a router that can be replaced by others. */
export interface RouterCollaborators {
  readonly Forwarder: typeof Forwarder;
  readonly LayerSelection: typeof LayerSelection;
}

export interface RouterOptions {
  /** Header extensions are on: 12 bytes a packet. Default true. */
  readonly extensions?: boolean;
  readonly collaborators?: Partial<RouterCollaborators>;
}

/** Talkers as active as each other keep their order; so coarse, in shares of the time. */
const RANK_STEP = 0.25;
/** Every so many packets the metrics are brought up to date. */
const MEASURE_EVERY = 64;

/**
 * The media of one room (B1): every member's tracks reach every other member, and never itself; who joins late hears everyone. For each track and
 * each other member there is exactly one {@link Consumer}, from the moment both are there until one of them is gone.
 *
 * Synchronous; time is passed in, in ms of the server's clock. Methods that name what does not exist throw {@link SfuRefusal}; those
 * that carry media or reports ignore what has gone, and count it.
 */
export class Router<Packet extends RtpFields = RtpFields> {
  /** Session id -> member */
  readonly members = new Map<string, RouterMember>();
  readonly publishers = new Map<string, Publisher>();
  readonly consumers = new Map<string, Consumer>();
  protected issued = 0;
  /** Video is paused: the server is under pressure. */
  protected audioOnly = false;
  protected received = 0;
  protected forwarded = 0;
  protected strays = 0;
  protected readonly out: RtpFields = { payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0, marker: false };
  protected readonly Forwarder: typeof Forwarder;
  protected readonly LayerSelection: typeof LayerSelection;

  constructor(
    readonly roomId: string,
    protected readonly ports: RouterPorts<Packet>,
    protected readonly options: RouterOptions = {},
  ) {
    this.Forwarder = options.collaborators?.Forwarder ?? Forwarder;
    this.LayerSelection = options.collaborators?.LayerSelection ?? LayerSelection;
  }

  // who is there

  /**
   * A session comes in; one that is in already stays as it is.
   * @param asks its consumers begin paused, until it asks for them with {@link resume}
   */
  join(sessionId: string, userId: string, atMs: number, asks = false): RouterMember {
    const before = this.members.get(sessionId);
    if (before !== undefined) {
      before.heardMs = Math.max(before.heardMs, atMs);
      return before;
    }
    const member = new RouterMember(sessionId, userId, atMs, asks);
    for (const other of this.members.values()) {
      this.ports.tell(other.sessionId, { type: 'member-joined', sessionId, userId });
    }
    this.members.set(sessionId, member);
    for (const publisher of this.publishers.values()) this.connect(publisher, member, atMs);
    return member;
  }

  /** A session goes, with all that it sends and receives. Does nothing when it is not there. */
  leave(sessionId: string, reason: LeaveReason): void {
    const member = this.members.get(sessionId);
    if (member === undefined) return;
    for (const publisher of [...member.publishers.values()]) this.close(publisher, reason);
    this.members.delete(sessionId);
    for (const consumer of [...member.consumers.values()]) this.disconnect(consumer, member);
    for (const other of this.members.values()) {
      this.ports.tell(other.sessionId, { type: 'member-left', sessionId, userId: member.userId, reason });
    }
  }

  /** Everybody goes. */
  closeRoom(): void {
    for (const sessionId of [...this.members.keys()]) this.leave(sessionId, 'room-closed');
    this.measure();
  }

  /** Something of the session has arrived that is not media. */
  heard(sessionId: string, atMs: number): void {
    const member = this.members.get(sessionId);
    if (member !== undefined && atMs > member.heardMs) member.heardMs = atMs;
  }

  /** Removes those of whom nothing has arrived for `staleAfterMs` (RFC 7675 takes 30 s). Returns their session ids. */
  sweep(atMs: number, staleAfterMs: number): string[] {
    const stale = [...this.members.values()].filter((member) => atMs - member.heardMs >= staleAfterMs);
    for (const { sessionId } of stale) this.leave(sessionId, 'stale');
    return stale.map(({ sessionId }) => sessionId);
  }

  // tracks

  /**
   * A member begins to send. Said again with the same SSRCs it is the same track; an SSRC that is not known yet comes with {@link bind}.
   * @throws SfuRefusal `not-joined`, `ssrc-in-use`, `invalid`
   */
  publish(sessionId: string, kind: TrackKind, encodings: readonly Encoding[], atMs: number): Publisher {
    const member = this.member(sessionId);
    const ssrcs = encodings.flatMap(({ ssrc }) => ssrc ?? []);
    const known = new Set(ssrcs.flatMap((ssrc) => member.encodings.get(ssrc)?.publisher ?? []));
    for (const before of known) if (before.sends(encodings)) return before;
    if (known.size > 0) throw new SfuRefusal('ssrc-in-use', 'one of these SSRCs is in use');
    const layers = new Set(encodings.map(({ layer }) => layer));
    if (encodings.length === 0 || layers.size < encodings.length || new Set(ssrcs).size < ssrcs.length) {
      throw new SfuRefusal('invalid', 'a track needs at least one encoding, each with an SSRC and a layer of its own');
    }
    const publisher = new Publisher(this.id('p'), sessionId, member.userId, kind, encodings, atMs);
    member.publishers.set(publisher.id, publisher);
    for (const layer of publisher.layers) if (layer.ssrc !== null) member.encodings.set(layer.ssrc, layer);
    this.publishers.set(publisher.id, publisher);
    for (const other of this.members.values()) if (other !== member) this.connect(publisher, other, atMs);
    return publisher;
  }

  /**
   * A packet has come whose SSRC is unknown, but which names its layer (`rid`, RFC 8852). It belongs to the first track that has such a layer without
   * an SSRC; where all have one, to the last, which has begun anew. False: this member sends no such layer.
   */
  bind(sessionId: string, layer: LayerName, ssrc: number): boolean {
    const member = this.members.get(sessionId);
    if (member === undefined || member.encodings.has(ssrc)) return false;
    const named = [...member.publishers.values()].flatMap(({ layers }) => layers.filter(({ name }) => name === layer));
    const bound = named.find((each) => each.ssrc === null) ?? named.at(-1);
    if (bound === undefined) return false;
    if (bound.ssrc !== null) member.encodings.delete(bound.ssrc);
    bound.ssrc = ssrc;
    member.encodings.set(ssrc, bound);
    return true;
  }

  /** Ends a track. Those who hear it are told. */
  close(publisher: Publisher, reason: CloseReason): void {
    if (!this.publishers.delete(publisher.id)) return;
    const owner = this.members.get(publisher.sessionId);
    owner?.publishers.delete(publisher.id);
    for (const { ssrc } of publisher.layers) if (ssrc !== null) owner?.encodings.delete(ssrc);
    for (const consumer of [...publisher.consumers]) {
      this.disconnect(consumer, this.members.get(consumer.sessionId));
      const { id: consumerId, sessionId, negotiated } = consumer;
      if (negotiated) this.ports.tell(sessionId, { type: 'track-removed', consumerId, publisherId: publisher.id });
      this.ports.tell(sessionId, { type: 'producer-closed', publisherId: publisher.id, consumerId, reason });
    }
  }

  /** Sends nothing to a consumer until every cause has been taken back. */
  pause(consumer: Consumer, cause: PauseCause): void {
    const before = consumer.paused;
    if (consumer.pauses.has(cause)) return;
    consumer.pauses.add(cause);
    if (before) return;
    consumer.forwarder.pause();
    consumer.publisher.audienceChanged();
    this.ports.tell(consumer.sessionId, { type: 'consumer-paused', consumerId: consumer.id, cause });
  }

  /** Takes a cause back. */
  resume(consumer: Consumer, cause: PauseCause): void {
    if (!consumer.pauses.delete(cause) || consumer.paused) return;
    // whoever is paused has no part in what is shared
    const member = this.members.get(consumer.sessionId);
    if (member !== undefined && member.downlink !== null) this.adapt(member, member.downlink);
    if (!consumer.paused) this.goOn(consumer);
  }

  protected goOn(consumer: Consumer): void {
    this.retarget(consumer);
    consumer.publisher.audienceChanged();
    this.ports.tell(consumer.sessionId, { type: 'consumer-resumed', consumerId: consumer.id });
  }

  /** Under pressure video is paused for everybody; voices go on (D7). */
  setAudioOnly(audioOnly: boolean): void {
    if (audioOnly === this.audioOnly) return;
    this.audioOnly = audioOnly;
    for (const consumer of this.consumers.values()) {
      if (consumer.publisher.kind !== 'video') continue;
      if (audioOnly) this.pause(consumer, 'server');
      else this.resume(consumer, 'server');
    }
  }

  /**
   * Nothing better than this is wanted of a track; null: whatever the bandwidth allows.
   * @param standby it is heard over another path meanwhile, which shares the link: nothing is left out for its sake
   */
  prefer(consumer: Consumer, layer: LayerName | null, standby = false): void {
    consumer.standby = standby;
    consumer.selection.prefer(layer);
    this.retarget(consumer);
  }

  /** The server is too busy for anything better than this of a track; null: it has recovered. */
  spare(consumer: Consumer, layer: LayerName | null, atMs: number): void {
    consumer.selection.spare(layer, atMs);
    this.retarget(consumer);
  }

  /** True for an id that this room has given away once. */
  wasIssued(id: string): boolean {
    const number = /^[pc]([1-9]\d{0,14})$/.exec(id)?.[1];
    return number !== undefined && Number(number) <= this.issued;
  }

  // media

  /**
   * A packet has come from a member. What does not belong to one of its tracks is dropped and counted.
   * @param arrivedMs when it reached the server
   * @param nowMs when it is forwarded, by the same clock
   */
  onRtp(sessionId: string, packet: Packet, arrivedMs: number, nowMs: number = arrivedMs): void {
    if (++this.received % MEASURE_EVERY === 0) this.measure(nowMs - arrivedMs);
    const member = this.members.get(sessionId);
    const layer = member?.encodings.get(packet.ssrc);
    if (member === undefined || layer === undefined) {
      this.strays++;
      return;
    }
    if (arrivedMs > member.heardMs) member.heardMs = arrivedMs;
    const { publisher, name } = layer;
    if (publisher.received(layer, packet, arrivedMs)) this.layersChanged(publisher, nowMs);
    const listening = publisher.listening();
    const { out, ports } = this;
    for (let index = 0; index < listening.length; index++) {
      const consumer = listening[index] as Consumer;
      if (consumer.forwarder.forward(name, packet, out)) {
        this.forwarded++;
        ports.send(consumer, out, packet, name);
      }
    }
  }

  /** A sender report of one of a member's encodings has come (RFC 3550, section 6.4.1). */
  onSenderReport(sessionId: string, ssrc: number, ntpMs: number, timestamp: number): void {
    const layer = this.members.get(sessionId)?.encodings.get(ssrc);
    layer?.publisher.timeline.reported(layer.name, ntpMs, timestamp);
  }

  /**
   * A member says that it has stopped sending one of its encodings (BYE, RFC 3550, section 6.6). Consumers go on with another one from the next frame
   * on; without that word it takes eight frames to see that nothing comes.
   */
  onGoodbye(sessionId: string, ssrc: number, atMs: number): void {
    const layer = this.members.get(sessionId)?.encodings.get(ssrc);
    if (layer?.publisher.stopped(layer)) this.layersChanged(layer.publisher, atMs);
  }

  /** What can be sent to a member is known better. Shares it among those who talk and chooses their layers (B7). */
  onDownlink(sessionId: string, report: DownlinkReport): void {
    const member = this.members.get(sessionId);
    if (member === undefined) return;
    member.downlink = report;
    this.adapt(member, report);
  }

  protected adapt(member: RouterMember, report: DownlinkReport): void {
    const { atMs, availableKbps, lossShare } = report;
    const wanted = [...member.consumers.values()].filter(
      (consumer) => consumer.wanted && consumer.publisher.kind === 'audio',
    );
    const rank = new Map(wanted.map((consumer) => [consumer, consumer.publisher.activity(atMs)]));
    const voices = this.leaveOut(member, rank, report);
    const step = (consumer: Consumer) => Math.round((rank.get(consumer) as number) / RANK_STEP);
    const talkers = voices.filter((consumer) => (rank.get(consumer) as number) >= TALKER);
    talkers.sort((a, b) => step(b) - step(a));
    const extensions = this.options.extensions ?? true;
    const shares = allocate({ availableKbps, talkers: talkers.length, extensions });
    // who is silent is given what it would get if it began to talk
    const idle = allocate({ availableKbps, talkers: talkers.length + 1, extensions }).at(-1) as number;
    for (const consumer of voices) {
      const place = talkers.indexOf(consumer);
      consumer.selection.update({
        atMs,
        availableKbps: place < 0 ? idle : (shares[place] as number),
        linkKbps: availableKbps,
        lossShare,
        sourceLossShare: consumer.publisher.lossShare,
      });
      this.retarget(consumer);
    }
  }

  /**
   * Where the downlink does not carry all who talk in the lowest layer, only those are sent who talk most.
   * @param activity of those whom the member wants to hear
   * @returns those who are sent
   */
  protected leaveOut(
    member: RouterMember,
    activity: ReadonlyMap<Consumer, number>,
    { atMs, availableKbps, lossShare, capacityKbps = Number.POSITIVE_INFINITY }: DownlinkReport,
  ): Consumer[] {
    const { limit, choice } = member;
    let talkers = 0;
    for (const share of activity.values()) talkers += share;
    const voiceKbps = leastVoiceKbps(this.options.extensions ?? true);
    let lowest = true;
    let standby = false;
    for (const consumer of activity.keys()) {
      lowest &&= consumer.paused || consumer.selection.isLowest;
      standby ||= consumer.standby;
    }
    const link = { capacityKbps, availableKbps, lossShare };
    const places = limit.update({ atMs, ...link, lowest, standby, voiceKbps, talkers });
    const all = [...activity.keys()];
    const everybody = places >= all.length;
    if (everybody) choice.clear();
    else
      choice.choose(
        atMs,
        Array.from(activity, ([voice, share]) => ({ voice, activity: share, lately: voice.publisher.lately })),
        places,
      );
    const sent = everybody ? all : all.filter((consumer) => choice.has(consumer));
    for (const consumer of all) {
      if (!everybody && !choice.has(consumer)) this.pause(consumer, 'bandwidth');
      else if (consumer.pauses.delete('bandwidth')) this.goOn(consumer);
    }
    return sent;
  }

  // machinery

  protected member(sessionId: string): RouterMember {
    const member = this.members.get(sessionId);
    if (member === undefined) throw new SfuRefusal('not-joined', `session ${sessionId} is not in room ${this.roomId}`);
    return member;
  }

  protected id(prefix: 'p' | 'c'): string {
    return `${prefix}${++this.issued}`;
  }

  protected connect(publisher: Publisher, member: RouterMember, atMs: number): void {
    const { random } = this.ports;
    const number = (limit: number) => Math.floor(random.uniform() * limit);
    let ssrc = 1 + number(0xffff_ffff);
    while (member.ssrcs.has(ssrc)) ssrc = (ssrc % 0xffff_ffff) + 1;
    const selection = new this.LayerSelection();
    selection.offer(publisher.offered(), atMs);
    const forwarder = new this.Forwarder(
      {
        ssrc,
        sequenceNumber: number(0x8000),
        timestamp: number(0x1_0000_0000),
        layer: selection.layer,
        frameTicks: (CLOCK_RATE[publisher.kind] * FRAME_MS) / 1000,
      },
      publisher.timeline,
    );
    const consumer = new Consumer(this.id('c'), member.sessionId, publisher, ssrc, forwarder, selection);
    if (member.asks) consumer.pauses.add('listener');
    if (this.audioOnly && publisher.kind === 'video') consumer.pauses.add('server');
    member.ssrcs.add(ssrc);
    member.consumers.set(publisher.id, consumer);
    publisher.consumers.add(consumer);
    this.consumers.set(consumer.id, consumer);
    publisher.audienceChanged();
    const { id: publisherId, sessionId, userId, kind } = publisher;
    this.ports.tell(member.sessionId, {
      type: 'new-producer',
      publisherId,
      consumerId: consumer.id,
      sessionId,
      userId,
      kind,
    });
    this.retarget(consumer);
    if (member.downlink !== null) this.adapt(member, member.downlink);
  }

  protected disconnect(consumer: Consumer, member: RouterMember | undefined): void {
    const { publisher } = consumer;
    this.consumers.delete(consumer.id);
    publisher.consumers.delete(consumer);
    member?.consumers.delete(publisher.id);
    member?.ssrcs.delete(consumer.ssrc);
    publisher.audienceChanged();
  }

  protected layersChanged(publisher: Publisher, atMs: number): void {
    const offered = publisher.offered();
    for (const consumer of publisher.consumers) {
      consumer.selection.offer(offered, atMs);
      this.retarget(consumer);
    }
  }

  /** Asks for the layer that is selected. */
  protected retarget(consumer: Consumer): void {
    const { layer } = consumer.selection;
    consumer.forwarder.target(layer);
    if (consumer.forwarder.layer === null) consumer.selection.unheard();
    if (layer === consumer.announced || consumer.paused) return;
    consumer.announced = layer;
    this.ports.tell(consumer.sessionId, { type: 'quality-update', consumerId: consumer.id, layer });
  }

  /** Brings the metrics up to date. @param latencyMs of this packet */
  protected measure(latencyMs?: number): void {
    const { metrics } = this.ports;
    if (this.forwarded > 0) metrics.count('voice_sfu_packets_forwarded_total', {}, this.forwarded);
    if (this.strays > 0) metrics.count('voice_sfu_connection_errors_total', { reason: 'stray-packets' }, this.strays);
    if (latencyMs !== undefined) metrics.observe('voice_sfu_forwarding_latency_ms', latencyMs);
    this.forwarded = 0;
    this.strays = 0;
  }
}
