import type { BandwidthEstimator } from '../../../core/media/bandwidth-estimator.js';
import type { DeviceAllowance } from '../../../core/media/device-conditions.js';
import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import type { UplinkController } from '../../../core/media/uplink-controller.js';
import { allocate, leastVoiceKbps } from '../../../core/sfu/bandwidth-allocation.js';
import type { SelectionInput } from '../../../core/sfu/layer-selection.js';
import { VoiceChoice } from '../../../core/sfu/voice-choice.js';
import { VoiceLimit } from '../../../core/sfu/voice-limit.js';
import type { Host } from '../../hosts/index.js';
import { FRAME_US } from '../talk/index.js';
import type { FlowStream } from './flow-stream.js';
import { ENOUGH_PACKETS } from './loss-count.js';
import {
  CALM_LOSS,
  DOWNLINK_LIMITS,
  type FlowParts,
  isAmple,
  makeEstimator,
  makeUplink,
  UPLINK_LIMITS,
} from './options.js';
import { Fate } from './report-delivery.js';

/** The best layer on the wire. */
const VOICE_KBPS = 88.8;

/** Time constant of how much somebody has talked, as in the router. Unit: ms. */
const ACTIVITY_MS = 3_000;

/** Sets of encodings by index, the set of bits first: all transports share them. */
const SETS = Array.from({ length: 1 << LAYER_NAMES.length }, (_, bits) =>
  LAYER_NAMES.map((_layer, index) => index).filter((index) => (bits & (1 << index)) !== 0),
);

/** A client's transport to an SFU room: what steers what it sends, and what it is sent. The classes are the core's. */
export class SfuTransport {
  // first what is needed in every interval: it then lies close together in memory
  /** Not all encodings are sent, or not the best ones are received. */
  isLow = false;
  // packets since the last report that counted
  private upSent = 0;
  private upLost = 0;
  private downSent = 0;
  private downLost = 0;
  // the fates of the reports of this interval
  upFate: number = Fate.unknown;
  downFate: number = Fate.unknown;
  /** The last stream with speech since the last report; then `nextTalking`. */
  private talking: FlowStream | null = null;
  /** So many voices are far below the downlink's estimate. */
  ampleVoices = 0;
  // estimates that have reached their limit
  private uplinkFull = false;
  private downlinkFull = false;
  /** The uplink's estimate is far above what is sent. */
  uplinkIsAmple = false;
  private sending: readonly number[] = [];
  readonly uplink: UplinkController;
  /** The node's estimate of what it can send to the client. */
  readonly downlink: BandwidthEstimator;
  private limit: LayerName = 'h';
  private standby = false;
  /** Streams that are not at their best. */
  private readonly low = new Set<FlowStream>();
  /** How many voices are sent at once, and which. */
  private readonly voices = new VoiceLimit();
  private readonly choice = new VoiceChoice<FlowStream>();
  /** Voices that talk at once, on average over the last seconds. */
  private talkers = 0;
  /** Those who have talked when it was looked at, in that order: while some are left out, they are who could be sent. */
  private readonly active: FlowStream[] = [];
  private activeMs = Number.NaN;
  // of the counts above, what the last report told that has arrived
  private knownUpSent = 0;
  private knownUpLost = 0;
  private knownDownSent = 0;
  private knownDownLost = 0;

  /**
   * @param room identity of the room
   * @param rttMs to the node and back
   * @param rehearses there are peers already
   */
  constructor(
    private readonly parts: FlowParts,
    readonly room: object,
    readonly node: Host,
    private readonly rttMs: number,
    private rehearses: boolean,
  ) {
    const { simulcast } = parts.options.codec;
    this.uplink = makeUplink(parts, UPLINK_LIMITS, simulcast ? 'simulcast' : 'single');
    if (rehearses) this.uplink.rehearse();
    this.lookAtUplink();
    this.downlink = makeEstimator(parts, DOWNLINK_LIMITS);
    this.lookAtDownlink();
  }

  /**
   * A stream that begins gets the layer that there is room for beside those who talk.
   * @param offered what its talker sends; empty: all
   */
  admit(stream: FlowStream, atMs: number, talkers: number, offered: readonly LayerName[]): void {
    stream.selection = new this.parts.classes.LayerSelection();
    if (offered.length > 0) stream.selection.offer(offered, atMs);
    stream.selection.prefer(this.wanted);
    if (this.voices.voices <= this.active.length) {
      // whoever is new takes a place when it has talked for a moment
      this.activate(stream);
      stream.leaveOut(true, atMs * 1000);
    }
    const availableKbps = this.shares(talkers + 1).at(-1) as number;
    this.decide(stream, { atMs, availableKbps, linkKbps: this.downlink.estimateKbps, lossShare: 0 });
    stream.selection.unheard();
  }

  /** The talker of a stream sends other encodings now. */
  offer(stream: FlowStream, layers: readonly LayerName[], atMs: number): void {
    stream.selection?.offer(layers, atMs);
    this.look(stream);
  }

  /**
   * The device allows another layer at most, both ways, or an older path has gone.
   * @param older there are peers
   * @param streams all that come to it
   */
  allow(allowance: DeviceAllowance, older: boolean, streams: Iterable<FlowStream>, atMs: number): void {
    this.uplink.allow(allowance);
    this.limit = allowance.highestLayer;
    this.standby = older;
    if (!older && this.rehearses) {
      this.rehearses = false;
      this.uplink.perform(atMs);
    }
    this.lookAtEncodings();
    for (const stream of streams) {
      stream.selection?.prefer(this.wanted);
      this.look(stream);
    }
    this.lookAtLayers();
  }

  /** The node has become too busy for anything but the lowest layer of a stream, or has recovered. */
  spare(stream: FlowStream, lowestOnly: boolean, atMs: number): void {
    stream.spared = lowestOnly;
    stream.selection?.spare(lowestOnly ? 'l' : null, atMs);
    this.look(stream);
  }

  /** An older path carries the same voices. */
  get isOnStandby(): boolean {
    return this.standby;
  }

  private get wanted(): LayerName {
    return this.rehearses ? 'l' : this.limit;
  }

  /** Encodings that are sent: indices, best first. */
  get encodings(): readonly number[] {
    return this.sending;
  }

  /** Encodings that are sent. */
  get offered(): readonly LayerName[] {
    return this.sending.map((index) => LAYER_NAMES[index] as LayerName);
  }

  /** A stream brings speech of so many frames. */
  bring(stream: FlowStream, frames: number): void {
    if (stream.spokenSince === 0) {
      stream.nextTalking = this.talking;
      this.talking = stream;
    }
    stream.spokenSince += frames;
  }

  /** Packets to the node, and how many of them were lost. */
  countUp(sent: number, lost: number): void {
    this.upSent += sent;
    this.upLost += lost;
  }

  /** Packets from the node. */
  countDown(sent: number, lost: number): void {
    this.downSent += sent;
    this.downLost += lost;
  }

  /**
   * The node's reports of an interval arrive. Where all is at its best, and hardly anything is lost, nothing changes.
   * Only when {@link mayReportUp}.
   * @returns whether other encodings are sent now
   */
  reportUp(atMs: number): boolean {
    const { uplink, rttMs } = this;
    const lossShare = this.upLost / this.upSent;
    this.upSent = this.upLost = this.knownUpSent = this.knownUpLost = 0;
    if (this.uplinkFull && !this.isLow && lossShare <= CALM_LOSS) return false;
    const before = uplink.layer;
    uplink.onLossReport({ atMs, lossShare, rttMs });
    this.lookAtUplink();
    return uplink.layer !== before;
  }

  /** Packets have been sent since the last report, and none of them has arrived: there is none. */
  get nothingCameUp(): boolean {
    const sent = this.upSent - this.knownUpSent;
    return sent > 0 && this.upLost - this.knownUpLost >= sent;
  }

  get nothingCameDown(): boolean {
    const sent = this.downSent - this.knownDownSent;
    return sent > 0 && this.downLost - this.knownDownLost >= sent;
  }

  /** The node's report has arrived, or nobody will ever know what it would have told. */
  learnUp(arrived: boolean): void {
    if (arrived) {
      this.knownUpSent = this.upSent;
      this.knownUpLost = this.upLost;
    } else {
      this.upSent = this.knownUpSent;
      this.upLost = this.knownUpLost;
    }
  }

  /** The same for the client's. */
  learnDown(arrived: boolean): void {
    if (arrived) {
      this.knownDownSent = this.downSent;
      this.knownDownLost = this.downLost;
    } else {
      this.downSent = this.knownDownSent;
      this.downLost = this.knownDownLost;
    }
  }

  /** There have been enough packets for a share of loss, up and down. */
  get mayReportUp(): boolean {
    return this.upSent >= ENOUGH_PACKETS;
  }

  get mayReportDown(): boolean {
    return this.downSent >= ENOUGH_PACKETS;
  }

  /** A stream ends. */
  drop(stream: FlowStream): void {
    this.low.delete(stream);
    const place = this.active.indexOf(stream);
    if (place >= 0) this.active.splice(place, 1);
    this.lookAtLayers();
    stream.selection = null;
  }

  /** The client's reports arrive. Only when {@link mayReportDown}. */
  reportDown(atMs: number): void {
    const { downlink, rttMs, low } = this;
    const lossShare = this.downLost / this.downSent;
    this.downSent = this.downLost = this.knownDownSent = this.knownDownLost = 0;
    if (this.downlinkFull && !this.isLow && lossShare <= CALM_LOSS) {
      this.forgetTalking();
      this.activeMs = atMs;
      return;
    }
    downlink.onLossReport({ atMs, lossShare, rttMs });
    this.lookAtDownlink();
    this.leaveOut(atMs, lossShare);
    const linkKbps = downlink.estimateKbps;
    const talking = this.takeTalking().filter(({ isLeftOut }) => !isLeftOut);
    if (low.size > 0) {
      // who is silent is given what it would get if it began to talk
      const idle = { atMs, availableKbps: this.shares(talking.length + 1).at(-1) as number, linkKbps, lossShare };
      for (const stream of [...low]) if (!talking.includes(stream)) this.decide(stream, idle);
    }
    const shares = this.shares(talking.length);
    for (let i = 0; i < talking.length; i++)
      this.decide(talking[i] as FlowStream, { atMs, availableKbps: shares[i] as number, linkKbps, lossShare });
  }

  /** Where the downlink does not carry all who talk in the lowest layer, only those are sent who talk most. */
  private leaveOut(atMs: number, lossShare: number): void {
    const { voices, choice, active } = this;
    const elapsedMs = Number.isNaN(this.activeMs) ? ACTIVITY_MS : Math.max(1, atMs - this.activeMs);
    this.activeMs = atMs;
    const weight = 1 - Math.exp(-elapsedMs / ACTIVITY_MS);
    let spokenMs = 0;
    for (const stream of active) stream.activity *= 1 - weight;
    for (let stream = this.talking; stream !== null; stream = stream.nextTalking) {
      const talkMs = (stream.spokenSince * FRAME_US) / 1000;
      spokenMs += talkMs;
      if (stream.activity < 0) this.activate(stream);
      stream.activity += Math.min(1, talkMs / elapsedMs) * weight;
    }
    this.talkers += (spokenMs / elapsedMs - this.talkers) * weight;
    const voiceKbps = leastVoiceKbps(this.parts.options.codec.extensions);
    const { capacityKbps = Number.POSITIVE_INFINITY, estimateKbps: availableKbps } = this.downlink;
    const lowest = active.every(isLowest);
    const places = voices.update({
      atMs,
      capacityKbps,
      availableKbps,
      lossShare,
      lowest,
      standby: this.standby,
      voiceKbps,
      talkers: this.talkers,
    });
    if (places >= active.length) {
      choice.clear();
      for (const stream of active) stream.leaveOut(false, atMs * 1000);
    } else {
      choice.choose(
        atMs,
        active.map((voice) => ({
          voice,
          activity: voice.activity,
          lately: (voice.spokenSince * FRAME_US) / 1000 / elapsedMs,
        })),
        places,
      );
      for (const stream of active) stream.leaveOut(!choice.has(stream), atMs * 1000);
    }
    this.lookAtLayers();
  }

  /** From now on it counts among those who could be sent. */
  private activate(stream: FlowStream): void {
    stream.activity = 0;
    this.active.push(stream);
  }

  private decide(stream: FlowStream, input: SelectionInput): void {
    const { selection } = stream;
    if (selection === null) return;
    selection.update(input);
    this.look(stream);
  }

  /** Silent streams with the best layer need no look. */
  private look(stream: FlowStream): void {
    if (stream.selection === null) return;
    const wanted = LAYER_NAMES.indexOf(stream.selection.layer);
    if (wanted === stream.wanted) return;
    stream.wanted = wanted;
    if (stream.wanted === 0) this.low.delete(stream);
    else this.low.add(stream);
    this.lookAtLayers();
  }

  private lookAtLayers(): void {
    this.isLow =
      this.low.size > 0 ||
      this.voices.voices < Number.POSITIVE_INFINITY ||
      this.uplink.layer !== 'h' ||
      this.limit !== 'h';
  }

  private lookAtEncodings(): void {
    const { encodings } = this.uplink;
    this.sending = SETS[(encodings.h ? 1 : 0) + (encodings.m ? 2 : 0) + (encodings.l ? 4 : 0)] as readonly number[];
  }

  private lookAtUplink(): void {
    this.lookAtLayers();
    this.lookAtEncodings();
    const { estimateKbps, wireKbps } = this.uplink;
    this.uplinkFull = estimateKbps >= UPLINK_LIMITS.maxKbps;
    this.uplinkIsAmple = isAmple(estimateKbps, wireKbps, UPLINK_LIMITS);
  }

  private lookAtDownlink(): void {
    const { estimateKbps } = this.downlink;
    this.downlinkFull = estimateKbps >= DOWNLINK_LIMITS.maxKbps;
    let voices = 0;
    while (voices < 100 && isAmple(estimateKbps, (voices + 1) * VOICE_KBPS, DOWNLINK_LIMITS)) voices++;
    this.ampleVoices = voices;
  }

  /** Those who talked and are sent, most talk first. They begin anew. */
  private takeTalking(): FlowStream[] {
    const streams: FlowStream[] = [];
    for (let stream = this.talking; stream !== null; stream = stream.nextTalking)
      if (!stream.isLeftOut) streams.push(stream);
    if (streams.length > 1) streams.reverse().sort(mostTalkFirst);
    this.forgetTalking();
    return streams;
  }

  private forgetTalking(): void {
    for (let stream = this.talking; stream !== null; stream = stream.nextTalking) stream.spokenSince = 0;
    this.talking = null;
  }

  private shares(talkers: number): number[] {
    const { extensions } = this.parts.options.codec;
    return allocate({ availableKbps: this.downlink.estimateKbps, talkers, extensions });
  }
}

function isLowest(stream: FlowStream): boolean {
  return stream.isLeftOut || stream.selection?.isLowest === true;
}

function mostTalkFirst(one: FlowStream, other: FlowStream): number {
  return other.spokenSince - one.spokenSince;
}
