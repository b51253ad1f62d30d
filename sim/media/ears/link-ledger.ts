import { DeadairError } from '../../errors.js';
import { EarHost, type LinkNature } from './ear-host.js';
import type { EarPair } from './ear-pair.js';
import { Impairment, type ImpairmentKind, type LinkTruth } from './impairment.js';

/** Recovery is looked for so long after the end of an impairment. */
const WATCH_US = 10_000_000;

/** What the world says of the links of hosts, and how voice fared over them. */
export class LinkLedger {
  /** In the order in which they began. */
  readonly impairments: Impairment[] = [];
  private readonly hosts = new Map<string, EarHost>();
  /** Hosts whose link is poor now. */
  private readonly poor = new Set<EarHost>();
  private watched = 0;

  constructor(private readonly tell: <K extends 'adapted' | 'layersBack'>(event: K, impairment: Impairment) => void) {}

  /** The record of a host. */
  host(id: string): EarHost {
    let host = this.hosts.get(id);
    if (host === undefined) {
      host = new EarHost(id);
      this.hosts.set(id, host);
    }
    return host;
  }

  /** What a host's link is like when nothing is wrong with it. Told when the host appears, and when it moves to another network. */
  nature(hostId: string, atUs: number, nature: LinkNature): void {
    const host = this.host(hostId);
    host.nature = nature;
    host.changedUs = atUs;
    this.judge(host, atUs);
  }

  /** A host's link is worse from now on than it was. */
  impaired(hostId: string, atUs: number, kind: ImpairmentKind, truth: LinkTruth): void {
    const { lossShare = 0, capacityKbps = null } = truth;
    if (!(lossShare >= 0 && lossShare <= 1) || (capacityKbps !== null && !(capacityKbps >= 0)))
      throw new DeadairError(
        'media.link',
        `link of ${hostId}: loss ${lossShare} and capacity ${capacityKbps} kbit/s cannot be; give a share of 0 to 1 and a rate of 0 or more`,
      );
    const host = this.host(hostId);
    const impairment = new Impairment(hostId, kind, atUs, lossShare, capacityKbps, host.copies);
    for (const pair of host.pairs) if (pair.layerNow !== null) impairment.layersBefore.set(pair, pair.layerNow);
    const previous = host.impairments.at(-1);
    if (previous !== undefined) {
      const kept = previous.mended ? previous.waiting : previous.layersBefore.keys();
      for (const pair of kept) {
        const before = previous.layersBefore.get(pair);
        if (before !== undefined) impairment.layersBefore.set(pair, before);
      }
      if (previous.untilUs === null && previous.end(atUs, false)) this.tell('adapted', previous);
      this.conclude(previous, atUs);
    }
    host.impairments.push(impairment);
    if (host.watched === null) this.watched++;
    host.watched = impairment;
    host.changedUs = atUs;
    this.impairments.push(impairment);
    this.judge(host, atUs);
  }

  /** A host's link is as before. A link that was not impaired stays as it is. */
  mended(hostId: string, atUs: number): void {
    const host = this.host(hostId);
    const { impairment } = host;
    if (impairment === null) return;
    host.changedUs = atUs;
    if (impairment.end(atUs, true)) this.tell('adapted', impairment);
    this.judge(host, atUs);
  }

  /** Voice passed the links of two hosts. */
  heard(listener: EarHost, talker: EarHost, fromUs: number, frames: number, lost: number): void {
    if (this.watched === 0 || (listener.watched === null && talker.watched === null)) return;
    const excess = lost - frames * Math.min(1, listener.lossShare + talker.lossShare);
    this.heardBy(listener, fromUs, frames, excess, 0);
    this.heardBy(talker, fromUs, frames, excess, 1);
  }

  /** An audible gap between two hosts. */
  gap(listener: EarHost, talker: EarHost, fromUs: number, toUs: number): void {
    for (const host of listener === talker ? [listener] : [listener, talker]) {
      for (let i = host.impairments.length - 1; i >= 0; i--) {
        const impairment = host.impairments[i] as Impairment;
        if (impairment.concernsUntilUs < fromUs) break;
        impairment.gap(fromUs, toUs);
      }
    }
  }

  /** A pair receives another layer. */
  layerChanged(pair: EarPair, atUs: number): void {
    this.layerOf(pair.listenerHost, pair, atUs);
    if (pair.talkerHost !== pair.listenerHost) this.layerOf(pair.talkerHost, pair, atUs);
  }

  /** A pair is no more: nobody waits for its layer. */
  closed(pair: EarPair, atUs: number): void {
    for (const host of [pair.listenerHost, pair.talkerHost]) {
      host.pairs.delete(pair);
      const impairment = host.impairments.at(-1);
      if (impairment?.layerChanged(pair, null, atUs)) this.tell('layersBack', impairment);
      impairment?.layersBefore.delete(pair);
    }
  }

  /** Hosts with a poor link now, in the order in which they became so. */
  get poorHosts(): Iterable<EarHost> {
    return this.poor;
  }

  /** The run is over. */
  finish(atUs: number): void {
    for (const host of this.hosts.values()) {
      const last = host.impairments.at(-1);
      if (last === undefined) continue;
      if (last.untilUs === null && last.end(atUs, false)) this.tell('adapted', last);
      this.conclude(last, atUs);
    }
  }

  private judge(host: EarHost, atUs: number): void {
    if (host.nature.poor || host.impairment !== null) {
      host.poorSinceUs ??= atUs;
      this.poor.add(host);
    } else {
      host.poorSinceUs = null;
      this.poor.delete(host);
    }
  }

  private conclude(impairment: Impairment, atUs: number): void {
    if (!impairment.over && impairment.conclude(atUs)) this.tell('layersBack', impairment);
  }

  private heardBy(host: EarHost, fromUs: number, frames: number, excess: number, direction: 0 | 1): void {
    const { watched } = host;
    if (watched === null) return;
    if (watched.hopeless) watched.carries(host.copies);
    if (watched.untilUs !== null && fromUs > watched.untilUs + WATCH_US) {
      host.watched = null;
      this.watched--;
    } else if (watched.heard(fromUs, frames, excess, direction)) this.tell('adapted', watched);
  }

  private layerOf(host: EarHost, pair: EarPair, atUs: number): void {
    const impairment = host.impairments.at(-1);
    if (impairment?.layerChanged(pair, pair.layerNow, atUs)) this.tell('layersBack', impairment);
  }
}
