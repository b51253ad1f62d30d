import type { DeviceAllowance } from '../../../core/media/device-conditions.js';
import type { Host } from '../../hosts/index.js';
import type { Choices } from '../../kernel/index.js';
import type { AccessLink, Endpoint, Network } from '../../net/index.js';
import type { HearingMember } from '../hearing-member.js';
import type { Seat } from '../seat.js';
import { FRAME_US, type Speech, type TalkPlan } from '../talk/index.js';
import type { FlowPair } from './flow-pair.js';
import { addFrames, clearFrames, type FrameMask } from './frame-mask.js';
import { LinkFlow } from './link-flow.js';
import { CALM_LOSS } from './options.js';
import type { SfuTransport } from './sfu-transport.js';

/** In silence a packet every 400 ms (Opus DTX). */
const DTX_FRAMES = 20;

/** Before any report; whole numbers of 31 bits are kept in place. */
const LONG_AGO_MS = -0x4000_0000;

/** Of a device that nothing is known of; it reports whenever there is something to report. */
const EVERYTHING: DeviceAllowance = { highestLayer: 'h', publish: true, play: true, reportEveryMs: 0 };

/** Room for the frames of one who talks. */
export interface FrameRoom {
  readonly spokenMask: FrameMask;
  readonly sentMask: FrameMask;
}

/** One session in its channel: its two links, its talk, its transport to an SFU, and how it hears the others. */
export class FlowSeat {
  // first what is needed in every interval: it then lies close together in memory
  transport: SfuTransport | null = null;
  /** Before this frame nothing is said; 0: look. */
  quietUntil = 0;
  spokenCount = 0;
  sentCount = 0;
  /** On the wire, since the last report. */
  upBytes = 0;
  downBytes = 0;
  /** Peers that get its copies, and members of whom something arrives. */
  copiesOut = 0;
  voicesIn = 0;
  /** When it reported last, and how often its device lets it. */
  private reportedMs = LONG_AGO_MS;
  reportEveryMs = 0;
  /** Pairs with a stream from peer to peer that it hears. */
  peerCount = 0;
  /** The node of its transport, as of {@link look}. */
  home: Host | null = null;
  upLink: AccessLink;
  /** Bytes of reports that it sends, and gets, in a reporting interval without speech; and its transports. */
  rtcpUp = 0;
  rtcpDown = 0;
  transports = 0;
  /** Ears keep its estimates; null: not known yet. */
  charted: boolean | null = null;
  /** Its links lose no more than estimators overlook, as of {@link look}. */
  upIsCalm = true;
  downIsCalm = true;
  /** What its uplink carries, in kbit/s; 0: no limit; -1: that varies. */
  upKbps = 0;
  /** From its node to it, without access links, in microseconds. */
  backboneUs = 0;
  readonly down: LinkFlow;
  downLink: AccessLink;
  /** How it is heard, by the index of the listener; empty until it talks. */
  readonly heardBy: (FlowPair | null)[] = [];
  readonly up: LinkFlow;
  /** Begin of its frames on the common grid, in microseconds: only where packets meet in a queue does it matter. */
  readonly phaseUs: number;
  /** {@link PairBit}s of paths and plays, by the index of the talker. */
  bits: Uint8Array;
  /** Pairs with a stream from peer to peer. */
  readonly peers: FlowPair[] = [];
  /** Frames of the present interval with speech, and frames with a packet; of those only who talk in it. */
  spoken: FrameMask | null = null;
  sent: FrameMask | null = null;
  /** When the last packet came out of the uplink. */
  lastUpUs = Number.NEGATIVE_INFINITY;
  /** Sum over everything that it sends to, in an interval. */
  upEstimateKbps = 0;
  /** The device is not awake since; -1: it is. */
  asleepSinceUs = -1;
  /** Until when it slept the last time. */
  asleepUntilUs = -1;
  /** What the device lets it do, as of the last look. */
  allowance: DeviceAllowance = EVERYTHING;
  /** From when until when it waited for a touch of its user, the last time. */
  silentFromUs = Number.POSITIVE_INFINITY;
  silentUntilUs = Number.NEGATIVE_INFINITY;
  private lastSent = Number.NEGATIVE_INFINITY;
  private spokeBefore = false;
  private hasTalked = false;

  /** @param index own place in the channel */
  constructor(
    choices: Choices,
    readonly member: HearingMember,
    readonly place: Seat,
    readonly index: number,
    readonly endpoint: Endpoint,
    readonly speech: Speech,
    readonly sinceUs: number,
    capacity: number,
  ) {
    this.up = new LinkFlow(choices, `flow/${member.host.id}/up`);
    this.down = new LinkFlow(choices, `flow/${member.host.id}/down`);
    this.upLink = endpoint.up;
    this.downLink = endpoint.down;
    this.bits = new Uint8Array(capacity);
    this.phaseUs = choices.stream(`flow/${member.host.id}/phase`).choose(FRAME_US);
  }

  /**
   * Looks up what is said in an interval.
   * @param talk of the channel
   * @param dtx silence is hardly sent
   * @param room for its frames, as long as the interval is worked on
   */
  listen(talk: TalkPlan, startFrame: number, frames: number, dtx: boolean, room: FrameRoom): void {
    const { speech } = this;
    const endFrame = startFrame + frames;
    this.spokenCount = 0;
    this.sentCount = 0;
    if (dtx && endFrame <= this.quietUntil) return;
    this.spokenCount = speech.spokenBefore(endFrame) - speech.spokenBefore(startFrame);
    if (this.spokenCount === 0 && (dtx || !this.hasTalked)) {
      this.spokeBefore = false;
      this.quietUntil = talk.quietUntil(speech, endFrame);
      return;
    }
    this.hasTalked = true;
    this.spoken = room.spokenMask;
    this.sent = room.sentMask;
    clearFrames(this.spoken);
    clearFrames(this.sent);
    for (let frame = startFrame; frame < endFrame; ) {
      const until = Math.min(endFrame, speech.nextChange(frame));
      if (speech.speaks(frame)) {
        addFrames(this.spoken, frame - startFrame, until - startFrame);
        this.send(startFrame, frame, until);
        this.spokeBefore = true;
      } else {
        if (!dtx) this.send(startFrame, frame, until);
        else this.sendComfortNoise(startFrame, frame, until);
        this.spokeBefore = false;
      }
      frame = until;
    }
  }

  /** Looks at its links, and where its node is. */
  look(network: Network): void {
    const { up, down } = this.endpoint;
    this.upIsCalm = up.worstLossShare <= CALM_LOSS;
    this.downIsCalm = down.worstLossShare <= CALM_LOSS;
    this.upKbps = up.constantKbps === undefined ? -1 : (up.constantKbps ?? 0);
    this.upLink = up;
    this.downLink = down;
    this.home = this.transport?.node ?? null;
    if (this.home !== null) this.backboneUs = network.backboneUs(network.endpoint(this.home), this.endpoint);
  }

  /** Whether another report is due: devices in the background send fewer. */
  mayReport(atUs: number): boolean {
    const atMs = Math.floor(atUs / 1000);
    if (atMs - this.reportedMs < this.reportEveryMs) return false;
    this.reportedMs = atMs;
    return true;
  }

  /** Whether the device waited for a touch of its user at a time. */
  silencedAt(timeUs: number): boolean {
    return timeUs >= this.silentFromUs && timeUs < this.silentUntilUs;
  }

  /** Whether the device slept at some time of this one. */
  sleptBetween(fromUs: number, toUs: number): boolean {
    return (this.asleepSinceUs >= 0 && toUs > this.asleepSinceUs) || fromUs < this.asleepUntilUs;
  }

  private send(startFrame: number, from: number, until: number): void {
    addFrames(this.sent as FrameMask, from - startFrame, until - startFrame);
    this.sentCount += until - from;
    this.lastSent = until - 1;
  }

  /** The first silent frame is sent, so that the last spoken one has its repair; then one now and then. */
  private sendComfortNoise(startFrame: number, from: number, until: number): void {
    if (this.spokeBefore) this.send(startFrame, from, from + 1);
    for (let next = Math.max(from, this.lastSent + DTX_FRAMES); next < until; next += DTX_FRAMES)
      this.send(startFrame, next, next + 1);
  }
}
