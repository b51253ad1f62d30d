import { defaultClientOptions, type Step } from '../../../sim/clients/index.js';
import type { ChoiceStream } from '../../../sim/kernel/index.js';
import { Process } from './process.js';
import type { Service } from './service.js';
import { Tab } from './tab.js';

/** One person with one device, who does what a script says, as the simulator's do. */
export class Person {
  private readonly device: Process;
  private readonly open: Tab[] = [];
  private lostChannel: number | null = null;
  private sessions = 0;
  /** The tab that ended last had asked for a channel and not been answered. */
  private unanswered = false;

  constructor(
    private readonly service: Service,
    user: number,
    private readonly stream: ChoiceStream,
  ) {
    this.userId = String(user);
    const changed = () => {
      for (const tab of this.open) service.hearing.memberChanged(tab);
    };
    this.device = new Process(service.time, `client-${user}`, {
      changed,
      down: () => {
        this.lostChannel = this.tab?.controller.channelId ?? null;
        for (const tab of [...this.open]) tab.close('crashed');
      },
      boot: () => {
        const { lostChannel } = this;
        this.lostChannel = null;
        if (lostChannel !== null) this.join(lostChannel);
      },
    });
    this.device.start();
  }

  private readonly userId: string;

  private get tab(): Tab | null {
    return this.open.at(-1) ?? null;
  }

  carryOut(step: Step): void {
    const { device } = this;
    switch (step.do) {
      case 'join':
        if (device.state === 'down') this.lostChannel = step.channel;
        else
          device.run(() => {
            if (this.tab === null) this.join(step.channel);
            else this.tab.join(step.channel);
          });
        break;
      case 'leave':
        device.run(() => {
          this.lostChannel = null;
          const { tab } = this;
          for (const each of [...this.open]) if (each !== tab) each.close('closed');
          tab?.leave();
        });
        break;
      case 'close-tab':
        device.run(() => {
          this.lostChannel = null;
          for (const each of [...this.open]) each.close('closed');
        });
        break;
      case 'second-tab':
        device.run(() => {
          const first = this.tab;
          const channelId = first?.controller.channelId ?? null;
          if (first === null || channelId === null) return;
          device.timers.after(defaultClientOptions.oldTabMs, () => first.close('closed'));
          this.join(channelId);
        });
        break;
      case 'sleep':
        device.pause(step.forS * 1e6);
        break;
      case 'reload':
        device.crash(step.forS * 1e6);
        break;
    }
  }

  private join(channelId: number): void {
    const sessionId = `${this.userId}-${++this.sessions}-${this.stream.choose(0x1000000).toString(16)}`;
    const tab = new Tab(this.service, this.device, this.userId, sessionId, this.stream, (ended) => {
      this.unanswered = ended.asked;
      this.open.splice(this.open.indexOf(ended), 1);
    });
    tab.crossed = this.unanswered || this.open.some(({ controller }) => controller.state === 'joining');
    this.unanswered = false;
    this.open.push(tab);
    tab.join(channelId);
  }
}
