import { type DeviceChange, DeviceConditions } from '../../core/media/device-conditions.js';
import { Host, type HostClockOptions } from '../hosts/index.js';
import type { ChoiceStream } from '../kernel/index.js';
import type { ClientWorld } from './client-world.js';
import type { TabEnd } from './observer.js';
import { Tab } from './tab.js';

/** How to make a {@link VirtualClient}. */
export interface VirtualClientOptions {
  /** A decimal number, 1 to 100 000 000. The host is called `client-<userId>`. */
  readonly userId: string;
  /** Name of the access network. Default: what the network's options say. */
  readonly profile?: string;
  readonly clock?: HostClockOptions;
  /** After a crash of the device the person opens the application again, in the channel it was in. Default true. */
  readonly reopens?: boolean;
}

/** One person with one device. The person opens and closes tabs; each tab is a session of its own. */
export class VirtualClient {
  readonly host: Host;
  readonly userId: string;
  /** Battery, foreground, whether it may play. */
  readonly device: DeviceConditions;
  private readonly open: Tab[] = [];
  private readonly stream: ChoiceStream;
  private sessions = 0;
  private lostChannel: number | null = null;
  /** The tab that ended last had asked for a channel and not been answered. */
  private unanswered = false;

  constructor(
    private readonly world: ClientWorld,
    private readonly options: VirtualClientOptions,
  ) {
    const { sim, network } = world;
    const { userId, profile, clock } = options;
    this.userId = userId;
    this.device = new DeviceConditions(world.device);
    const id = `client-${userId}`;
    this.stream = sim.choices.stream(`client/${userId}`);
    this.host = new Host(sim, { id, kind: 'client', ...(clock === undefined ? {} : { clock }) });
    if (profile !== undefined) network.setProfile(id, profile);
    this.host.start();
    this.host.onDown(() => this.crashed());
    this.host.onUp(() => this.restarted());
    this.host.onPause(() => this.hostChanged());
    this.host.onResume(() => this.hostChanged());
  }

  /** Open tabs, oldest first. */
  get tabs(): readonly Tab[] {
    return this.open;
  }

  /** The tab the person uses: the newest. */
  get tab(): Tab | null {
    return this.open.at(-1) ?? null;
  }

  /** Opens a tab and joins a channel there; a new session. Null while the device is down. */
  join(channelId: number): Tab | null {
    if (this.host.state === 'down') this.lostChannel = channelId;
    const tab = this.openTab();
    tab?.join(channelId);
    return tab;
  }

  /** Opens a tab; a new session. Null while the device is down. */
  openTab(): Tab | null {
    if (this.host.state === 'down') return null;
    const sessionId = `${this.userId}-${++this.sessions}-${this.stream.choose(0x1000000).toString(16)}`;
    const tab = new Tab(this.world, this.host, this.userId, sessionId, this.device, this.stream, (ended) =>
      this.ended(ended),
    );
    tab.crossed = this.unanswered || this.open.some(({ controller }) => controller.state === 'joining');
    this.unanswered = false;
    this.open.push(tab);
    return tab;
  }

  /** Leaves properly: with a word to the backend; other tabs are closed. */
  leave(): void {
    this.lostChannel = null;
    const tab = this.tab;
    for (const each of [...this.open]) if (each !== tab) each.close('closed');
    tab?.leave();
  }

  /** Closes all tabs without a word. */
  closeTabs(): void {
    this.lostChannel = null;
    for (const tab of [...this.open]) tab.close('closed');
  }

  /** Opens the same channel in a second tab; the person closes the first one a while later. */
  openSecondTab(): Tab | null {
    const first = this.tab;
    const channelId = first?.controller.channelId ?? null;
    if (first === null || channelId === null || this.host.state !== 'up') return null;
    this.host.after(this.world.options.oldTabMs * 1000, closeTab, first);
    return this.join(channelId);
  }

  /** Moves to another access network. */
  changeNetwork(profile: string): void {
    this.world.network.setProfile(this.host.id, profile);
  }

  /** The device sleeps: nothing runs, nothing is sent; everything waits. */
  sleep(durationMs: number): void {
    this.host.pause(durationMs * 1000);
  }

  /** Battery, foreground, or the person's touch have changed. */
  changeDevice(change: DeviceChange): void {
    this.device.update(change);
    for (const tab of this.open) this.world.fabric.hearing.playbackChanged(tab);
  }

  private ended(tab: Tab): void {
    this.open.splice(this.open.indexOf(tab), 1);
    this.unanswered = tab.asked;
  }

  private crashed(): void {
    const how: TabEnd = 'crashed';
    // a call that was cut off is not taken up again by itself
    this.lostChannel = this.tab?.calls === null ? this.tab.controller.channelId : null;
    for (const tab of [...this.open]) tab.close(how);
    // a page that is loaded anew has not been touched
    this.device.update({ background: false, ...(this.world.device.gestureNeeded !== false ? { gesture: false } : {}) });
  }

  private restarted(): void {
    const channelId = this.lostChannel;
    this.lostChannel = null;
    if (channelId !== null && this.options.reopens !== false) this.join(channelId);
  }

  private hostChanged(): void {
    for (const tab of this.open) tab.hostChanged();
  }
}

function closeTab(tab: Tab): void {
  tab.close('closed');
}
