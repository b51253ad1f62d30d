import type { LinkEvents, PeerLinks } from '../../../core/client/ports.js';
import type { Member } from '../../../core/protocol.js';
import { Lane } from './fabric.js';
import type { Tab } from './tab.js';

interface PeerLink {
  readonly peer: Member;
  up: boolean;
}

/** Peer-to-peer links of one tab. Tabs greet each other; a link is up at an end that has heard the other one's greeting. */
export class Peers implements PeerLinks {
  private readonly links = new Map<string, PeerLink>();
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly tab: Tab,
    private readonly events: () => LinkEvents,
  ) {}

  /** Voice of a session would arrive: this end is up, the other one sends. */
  hears(sessionId: string): boolean {
    const other = this.tab.service.tabs.get(sessionId);
    return this.links.get(sessionId)?.up === true && other?.peers.links.has(this.tab.sessionId) === true;
  }

  open(peer: Member): void {
    if (this.links.has(peer.sessionId)) return;
    this.links.set(peer.sessionId, { peer, up: false });
    this.greet(peer.sessionId, false);
  }

  close(peer: Member): void {
    if (!this.links.delete(peer.sessionId)) return;
    const { tab } = this;
    this.say(peer.sessionId, 'bye', (other) => other.peers.lost(tab.sessionId));
    tab.service.hearing.memberChanged(tab);
  }

  dispose(): void {
    for (const { peer } of [...this.links.values()]) this.close(peer);
  }

  private greet(sessionId: string, answer: boolean): void {
    const { tab } = this;
    this.say(sessionId, answer ? 'hello too' : 'hello', (other) => other.peers.greeted(tab, answer));
  }

  private greeted(from: Tab, answer: boolean): void {
    const link = this.links.get(from.sessionId);
    if (!link) return;
    if (!answer) this.greet(from.sessionId, true);
    if (link.up) return;
    link.up = true;
    this.tab.service.hearing.memberChanged(this.tab);
    this.events().onPeerUp(link.peer);
  }

  private lost(sessionId: string): void {
    const link = this.links.get(sessionId);
    if (!link?.up) return;
    link.up = false;
    this.tab.service.hearing.memberChanged(this.tab);
    this.events().onPeerDown(link.peer);
  }

  private say(sessionId: string, label: string, run: (other: Tab) => void): void {
    const { service, device } = this.tab;
    const other = service.tabs.get(sessionId);
    if (!other) return;
    let lane = this.lanes.get(sessionId);
    if (!lane) {
      lane = new Lane(service.fabric, device, other.device);
      this.lanes.set(sessionId, lane);
    }
    lane.send(label, () => {
      if (other.open) run(other);
    });
  }
}
