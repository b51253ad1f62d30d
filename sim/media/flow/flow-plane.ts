import type { Host } from '../../hosts/index.js';
import type { HearingMember } from '../hearing-member.js';
import type { MediaPlane } from '../media-plane.js';
import { FRAME_US } from '../talk/index.js';
import { FlowChannel, type FlowShared } from './flow-channel.js';
import { FlowScratch } from './flow-scratch.js';
import type { FlowParts } from './options.js';
import { ServerFlow } from './server-flow.js';

/**
 * Voice aggregated over intervals, for thousands of clients: what becomes of all frames of an interval is worked out at once, at its end and whenever
 * who hears whom over which path has changed. Only those cost who talk, and those who listen to them. Frames lost and delayed are drawn from the same links
 * as in the packet fidelity; the classes that steer, play and talk are the same.
 *
 * Reports (RTCP) take room on access links as they do there, and are lost with what else is lost; what arrives, arrives at once.
 *
 * Neglected: signalling on the same links, and media on those of signalling; REMB, goodbyes and what cards of servers carry of RTCP; clogs; packets under way when
 * something changes; that a frame begins elsewhere on each device's clock.
 */
export class FlowPlane implements MediaPlane {
  private readonly channels = new Map<number, FlowChannel>();
  private readonly servers = new Map<Host, ServerFlow>();
  private readonly shared: FlowShared;
  private readonly everyUs: number;
  private refreshing: FlowChannel[] = [];
  private ticking = false;

  constructor(private readonly parts: FlowParts) {
    const { options, network } = parts;
    this.everyUs = options.reportEveryMs * 1000;
    const scratch = new FlowScratch(Math.ceil(this.everyUs / FRAME_US) + 1, network, options.codec.extensions);
    this.shared = { parts, scratch, server: (host, startFrame, frames) => this.server(host, startFrame, frames) };
    network.onReachabilityChange(() => {
      for (const channel of this.channels.values()) this.touch(channel, null);
    });
  }

  entered(member: HearingMember, channelId: number): void {
    let channel = this.channels.get(channelId);
    if (channel === undefined) {
      channel = new FlowChannel(this.shared, channelId);
      this.channels.set(channelId, channel);
    }
    this.touch(channel, member);
    if (this.ticking) return;
    this.ticking = true;
    const { sim } = this.parts;
    // intervals end with frames
    sim.at((Math.floor(sim.nowUs / this.everyUs) + 1) * this.everyUs, endInterval, this as FlowPlane);
  }

  left(member: HearingMember, channelId: number): void {
    const channel = this.channels.get(channelId);
    if (channel !== undefined) this.touch(channel, member);
  }

  changed(member: HearingMember): void {
    const channel = this.channels.get(member.seat?.matrix.channelId ?? -1);
    if (channel !== undefined) this.touch(channel, member);
  }

  finish(): void {
    this.refresh();
    for (const channel of this.channels.values()) channel.finish(this.parts.sim.nowUs);
    this.channels.clear();
  }

  /** Changes of one instant are looked at together, when all of them have happened. */
  private touch(channel: FlowChannel, member: HearingMember | null): void {
    if (!channel.touch(member)) return;
    if (this.refreshing.push(channel) === 1) this.parts.sim.after(0, refresh, this as FlowPlane);
  }

  /** @internal */
  refresh(): void {
    const channels = this.refreshing;
    this.refreshing = [];
    for (const channel of channels) {
      channel.refresh();
      if (channel.empty) this.channels.delete(channel.channelId);
    }
  }

  /** @internal */
  endInterval(): void {
    const { sim, ears } = this.parts;
    const { nowUs } = sim;
    this.ticking = this.channels.size > 0;
    if (this.ticking) sim.after(this.everyUs, endInterval, this as FlowPlane);
    this.refresh();
    const frame = Math.ceil(nowUs / FRAME_US);
    for (const channel of this.channels.values()) {
      channel.settle(frame);
      channel.report(nowUs);
    }
    sim.trace.record('media', 'media.interval', `${ears.frames} ${ears.lost}`);
    for (const server of this.servers.values()) {
      const sent = server.endInterval(nowUs - this.everyUs, nowUs);
      ears.serve(server.host.kind === 'turn' ? 'turn' : 'sfu', sent);
      if (server.forwarded > 0) ears.forwarded(server.forwardingUs / 1000, server.forwarded);
    }
  }

  private server(host: Host, startFrame: number, frames: number): ServerFlow {
    let server = this.servers.get(host);
    if (server === undefined) {
      const { sim, network, machines } = this.parts;
      server = new ServerFlow(sim.choices, network, host, machines?.get(host));
      this.servers.set(host, server);
    }
    server.up.begin(startFrame, frames);
    server.down.begin(startFrame, frames);
    return server;
  }
}

function refresh(plane: FlowPlane): void {
  plane.refresh();
}

function endInterval(plane: FlowPlane): void {
  plane.endInterval();
}
