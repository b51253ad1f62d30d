import { LAYER_NAMES, type LayerName } from '../../../core/media/layers.js';
import { FRAME_MS } from '../../../core/media/rtp.js';
import { DeadairError } from '../../errors.js';
import { Samples } from '../../metrics/recorder.js';
import { GapLedger } from '../gap-ledger.js';
import { OPUS_ROWS } from './codec-rows.js';
import type { CodecRow } from './e-model.js';
import { meanOpinion, rating } from './e-model.js';
import type { LinkNature } from './ear-host.js';
import { EarListener } from './ear-listener.js';
import { EarPair } from './ear-pair.js';
import type { EarsListener, IntervalWatcher, PoorVoice } from './ears-listener.js';
import { EstimateSeries } from './estimate-series.js';
import { HearingState, HearingStrips } from './hearing-strips.js';
import type { ImpairmentKind, LinkTruth } from './impairment.js';
import { LinkLedger } from './link-ledger.js';
import { PercentileSeries } from './percentile-series.js';
import type { DiscontinuityKind, GapCause, VoiceEnd, VoiceGap, VoiceInterval } from './voice.js';
import { WeightedHistogram } from './weighted-histogram.js';

const FRAME_US = FRAME_MS * 1000;
/** Hosts and directions of which estimates are kept. */
const ESTIMATES_MAX = 200;
/** Windows of percentiles over time. */
const WINDOWS = 200;

/** What ears need to know of the world. */
export interface EarsOptions {
  /** Planned end of the run: it decides how fine pictures over time are. */
  readonly untilUs: number;
  /** Name of a fault that was active at a time, for the cause of a gap. */
  readonly faultAt?: (timeUs: number) => string | null;
  /** Row of the E-model for each layer. Default {@link OPUS_ROWS}. */
  readonly rows?: Readonly<Record<LayerName, CodecRow>>;
  /** Shorter silences are concealed, or taken for a breath. Default 200 000. */
  readonly audibleGapUs?: number;
  /** Keep strips, percentiles over time and estimates, which only pictures need. Default true. Oracles are told of the same either way. */
  readonly pictures?: boolean;
}

/** A rating with all that it depends on. */
interface Judgement {
  row: CodecRow | null;
  delayMs: number;
  lossShare: number;
  burstRatio: number;
  r: number;
  mos: number;
}

/** Less than 5 s of speech is no conversation: a single packet would be too much of it. */
const CONVERSATION_FRAMES = 250;

/** What people hear: takes the same reports from every fidelity, keeps sums, and tells oracles of what matters. */
export class Ears {
  readonly audibleGapUs: number;
  readonly rows: Readonly<Record<LayerName, CodecRow>>;
  readonly links: LinkLedger;
  readonly gaps = new GapLedger();
  readonly strips: HearingStrips;
  readonly listeners = new Map<string, EarListener>();
  readonly estimates = new Map<string, EstimateSeries>();
  private readonly pictures: boolean;

  // weighted by frames
  readonly mos = new WeightedHistogram(0.001);
  readonly r = new WeightedHistogram(0.01);
  readonly mouthToEar = new WeightedHistogram(0.1);
  readonly latency = new WeightedHistogram(0.1);
  readonly playout = new WeightedHistogram(0.1);
  readonly lossShare = new WeightedHistogram(0.0001);
  /** Of each pair that talked for 5 s at least, over all of its time; each counts once. */
  readonly conversationLoss = new WeightedHistogram(0.001);
  readonly mosOverTime: PercentileSeries;
  readonly mouthToEarOverTime: PercentileSeries;
  readonly latencyOverTime: PercentileSeries;
  // weighted by time
  readonly uplink = new WeightedHistogram(0.1);
  readonly downlink = new WeightedHistogram(0.1);
  /** Share of the uplink's capacity that media filled. */
  readonly uplinkUse = new WeightedHistogram(0.001);
  /** Weighted by packets. */
  readonly forwarding = new WeightedHistogram(0.01);
  readonly gapLengths = new Samples();
  readonly gapCauses = new Map<GapCause, { count: number; totalUs: number }>();
  /** Bytes on the wire that left SFU nodes, and relays. */
  readonly served = { sfu: 0, turn: 0 };
  frames = 0;
  lost = 0;
  relayed = 0;
  gapUs = 0;
  doubledUs = 0;
  layerSwitches = 0;
  discontinuities = 0;
  private readonly told: Partial<EarsListener>[] = [];
  private readonly watchers: IntervalWatcher[] = [];
  private readonly open = new Set<EarPair>();
  private finished = false;
  /** What was heard last, and when. */
  private readonly judgement: Judgement = { row: null, delayMs: 0, lossShare: 0, burstRatio: 0, r: 0, mos: 0 };
  private fromUs = Number.NaN;
  private untilUs = Number.NaN;
  /** The cell of a strip in which all of that lies; -2: in more than one. */
  private cell = -2;

  constructor(private readonly options: EarsOptions) {
    this.audibleGapUs = options.audibleGapUs ?? 200_000;
    this.rows = options.rows ?? OPUS_ROWS;
    this.pictures = options.pictures ?? true;
    this.strips = new HearingStrips(options.untilUs);
    const windowUs = Math.max(1_000_000, Math.ceil(options.untilUs / WINDOWS / 1e6) * 1e6);
    this.mosOverTime = new PercentileSeries(windowUs, 0.01, [0.05, 0.5]);
    this.mouthToEarOverTime = new PercentileSeries(windowUs, 1, [0.5, 0.95, 0.99]);
    this.latencyOverTime = new PercentileSeries(windowUs, 1, [0.5, 0.95, 0.99]);
    this.links = new LinkLedger((event, impairment) => {
      for (const each of this.told) each[event]?.(impairment);
    });
  }

  /** Tells somebody of what happens from now on. */
  listen(listener: Partial<EarsListener>): void {
    this.told.push(listener);
  }

  /** What one person has heard so far; undefined: nobody has sat with it in a channel. */
  listener(userId: string): EarListener | undefined {
    return this.listeners.get(userId);
  }

  /** Tells somebody of every interval of voice. */
  watch(watcher: IntervalWatcher): void {
    this.watchers.push(watcher);
  }

  /** A listener and a talker who sit in the same channel, until `close`. Need not be made before the talker talks. */
  pair(listener: VoiceEnd, talker: VoiceEnd, channelId: number): EarPair {
    let total = this.listeners.get(listener.userId);
    if (total === undefined) {
      total = new EarListener(listener.userId);
      this.listeners.set(listener.userId, total);
    }
    const here = this.links.host(listener.host.id);
    const there = this.links.host(talker.host.id);
    const strip = this.pictures ? this.strips.admit(listener.userId, talker.userId, channelId) : null;
    const pair = new EarPair(this, listener, talker, channelId, here, there, total, strip);
    here.pairs.add(pair);
    there.pairs.add(pair);
    this.open.add(pair);
    return pair;
  }

  /** A host's estimate of what its link carries, or the SFU's for it, beside the truth; `capacityKbps` null: no limit. */
  estimate(
    hostId: string,
    direction: 'up' | 'down',
    atUs: number,
    estimateKbps: number,
    capacityKbps: number | null,
  ): void {
    for (const each of this.told) each.estimated?.(hostId, direction, atUs, estimateKbps);
    const key = `${hostId} ${direction}`;
    let series = this.estimates.get(key);
    if (series === undefined) {
      if (this.estimates.size >= ESTIMATES_MAX) return;
      series = new EstimateSeries(hostId, direction);
      this.estimates.set(key, series);
    }
    if (this.pictures) series.add(atUs, estimateKbps, capacityKbps);
  }

  /** Media that a client's link carried, headers included, averaged over some time; `capacityKbps` null: no limit. */
  carried(direction: 'up' | 'down', kbps: number, seconds: number, capacityKbps: number | null = null): void {
    (direction === 'up' ? this.uplink : this.downlink).add(kbps, seconds);
    if (direction === 'up' && capacityKbps !== null && capacityKbps > 0)
      this.uplinkUse.add(kbps / capacityKbps, seconds);
  }

  /** Media, headers included, that an SFU node or a relay has sent to clients. */
  serve(by: 'sfu' | 'turn', bytes: number): void {
    this.served[by] += bytes;
  }

  /** How long packets were inside an SFU node. */
  forwarded(latencyMs: number, packets: number): void {
    this.forwarding.add(latencyMs, packets);
  }

  /** A device wants another quality than before: its battery, or its user, says so. */
  limited(hostId: string, atUs: number): void {
    this.links.host(hostId).limitedUs = atUs;
  }

  /** What the link of a host is like when nothing is wrong with it; good, unless told. */
  link(hostId: string, atUs: number, nature: LinkNature): void {
    this.links.nature(hostId, atUs, nature);
  }

  /** The link of a host is worse from now on. Told by the world, never by what measures it. */
  impaired(hostId: string, atUs: number, kind: ImpairmentKind, truth: LinkTruth = {}): void {
    this.links.impaired(hostId, atUs, kind, truth);
  }

  /** The link of a host is as good as it was before. */
  mended(hostId: string, atUs: number): void {
    this.links.mended(hostId, atUs);
  }

  /** The run is over: what is waited for counts with the time waited. Pairs must have told their last silence. */
  finish(atUs: number): void {
    if (this.finished) throw new DeadairError('media.finished', 'these ears have been finished; make new ones');
    this.finished = true;
    this.links.finish(atUs);
    for (const pair of [...this.open]) pair.close(atUs);
    for (const series of [this.mosOverTime, this.mouthToEarOverTime, this.latencyOverTime]) series.close();
  }

  /** @internal Returns the rating. */
  heard(pair: EarPair, voice: VoiceInterval): number {
    const { frames, lost, fromUs, untilUs, leftOut = 0 } = voice;
    const played = frames - lost;
    const { r, mos } = this.judge(voice, pair);
    this.r.add(r, frames);
    this.mos.add(mos, frames);
    this.mouthToEar.add(voice.mouthToEarMs, played);
    this.latency.add(voice.networkDelayMs, played);
    if (this.pictures) {
      if (fromUs !== this.fromUs || untilUs !== this.untilUs) this.advance(fromUs, untilUs);
      this.mosOverTime.observe(mos, frames);
      this.mouthToEarOverTime.observe(voice.mouthToEarMs, played);
      this.latencyOverTime.observe(voice.networkDelayMs, played);
      if (played > 0 && pair.heardCell !== this.cell) this.markHeard(pair);
    }
    this.playout.add(voice.playoutDelayMs, played);
    this.lossShare.add((voice.networkLost ?? lost) / frames, frames);
    for (const watcher of this.watchers) watcher(pair.listener.userId, voice, r, mos);
    this.frames += frames;
    this.lost += lost;
    if (voice.relayed === true) this.relayed += frames;
    const { total, listenerHost, talkerHost } = pair;
    total.frames += frames;
    total.lost += lost;
    total.opinion += mos * frames;
    this.links.heard(listenerHost, talkerHost, fromUs, frames - leftOut, lost - leftOut);
    return r;
  }

  /** @internal */
  silent(pair: EarPair, fromUs: number, toUs: number, cause: GapCause, unfinished: boolean, spokenUs: number): void {
    const fault = this.options.faultAt?.(fromUs) ?? null;
    const gap: VoiceGap = {
      fromUs,
      toUs,
      listener: pair.listener.userId,
      talker: pair.talker.userId,
      channelId: pair.channelId,
      cause: fault === null ? cause : `${fault}: ${cause}`,
      asleep: cause === 'asleep' || cause === 'gesture',
      unfinished,
      listenerHost: pair.listenerHost.id,
      talkerHost: pair.talkerHost.id,
    };
    this.gaps.add(gap);
    this.gapLengths.add(fromUs / 1e6, (toUs - fromUs) / 1e3);
    this.gapUs += spokenUs;
    const { total } = pair;
    total.gaps++;
    total.gapUs += spokenUs;
    const sum = this.gapCauses.get(cause) ?? { count: 0, totalUs: 0 };
    sum.count++;
    sum.totalUs += toUs - fromUs;
    this.gapCauses.set(cause, sum);
    this.mark(pair, fromUs, toUs, HearingState.silent);
    if (!gap.asleep) this.links.gap(pair.listenerHost, pair.talkerHost, fromUs, toUs);
    for (const each of this.told) each.gap?.(gap);
  }

  /** @internal */
  doubled(pair: EarPair, fromUs: number, toUs: number): void {
    this.doubledUs += toUs - fromUs;
    pair.total.doubledUs += toUs - fromUs;
    this.mark(pair, fromUs, toUs, HearingState.doubled);
    for (const each of this.told) each.doubled?.(pair, fromUs, toUs);
  }

  /** @internal */
  layerBegins(pair: EarPair, atUs: number, layer: LayerName): void {
    pair.strip?.layer(atUs, LAYER_NAMES.indexOf(layer));
    this.links.layerChanged(pair, atUs);
  }

  /** @internal */
  layerChanged(pair: EarPair, atUs: number, from: LayerName, to: LayerName, sinceUs: number): void {
    this.layerBegins(pair, atUs, to);
    this.layerSwitches++;
    pair.total.layerSwitches++;
    for (const each of this.told) each.layerChanged?.(pair, atUs, from, to, sinceUs);
  }

  /** @internal */
  discontinuity(pair: EarPair, atUs: number, kind: DiscontinuityKind): void {
    this.discontinuities++;
    for (const each of this.told) each.discontinuity?.(pair, atUs, kind);
  }

  /** @internal */
  poorVoice(voice: PoorVoice): void {
    for (const each of this.told) each.poorVoice?.(voice);
  }

  /** @internal */
  closed(pair: EarPair, atUs: number): void {
    this.open.delete(pair);
    if (pair.frames >= CONVERSATION_FRAMES) this.conversationLoss.add(pair.networkLost / pair.frames, 1);
    this.links.closed(pair, atUs);
  }

  /** Time in which somebody talked, over all pairs, in microseconds. */
  get spokenUs(): number {
    return this.frames * FRAME_US;
  }

  /** The listeners of one talker mostly hear the same. */
  private judge({ layer, mouthToEarMs, frames, lost, burstRatio }: VoiceInterval, { layerNow }: EarPair): Judgement {
    const { judgement } = this;
    const row = this.rows[layer ?? layerNow ?? 'h'];
    const delayMs = lost < frames ? mouthToEarMs : 0;
    const lossShare = lost / frames;
    if (
      row === judgement.row &&
      delayMs === judgement.delayMs &&
      lossShare === judgement.lossShare &&
      burstRatio === judgement.burstRatio
    )
      return judgement;
    judgement.row = row;
    judgement.delayMs = delayMs;
    judgement.lossShare = lossShare;
    judgement.burstRatio = burstRatio;
    judgement.r = rating(row, delayMs, lossShare, burstRatio);
    judgement.mos = meanOpinion(judgement.r);
    return judgement;
  }

  /** Many pairs are heard in the same interval, one after the other. */
  private advance(fromUs: number, untilUs: number): void {
    this.fromUs = fromUs;
    this.untilUs = untilUs;
    const middleUs = (fromUs + untilUs) / 2;
    this.mosOverTime.advance(middleUs);
    this.mouthToEarOverTime.advance(middleUs);
    this.latencyOverTime.advance(middleUs);
    this.cell = this.strips.cellOf(fromUs, untilUs);
  }

  private markHeard(pair: EarPair): void {
    if (pair.strip === null) return;
    pair.strip.mark(this.fromUs, this.untilUs, HearingState.heard);
    if (this.cell >= 0) pair.heardCell = this.cell;
  }

  private mark(pair: EarPair, fromUs: number, toUs: number, state: number): void {
    if (!this.pictures) return;
    pair.strip ??= this.strips.troubled(pair, fromUs);
    pair.strip?.mark(fromUs, toUs, state);
  }
}
