import type { ChannelDesk } from '../channel/channel-desk.js';
import { keys } from '../keys.js';
import type { RedisClient } from '../ports.js';

/**
 * The flag that keeps channels out of the SFU (A14). It is read with every channel that is to be changed, under its lock, so that there is one opinion of
 * it in Redis and none in anybody's memory. Whoever is caretaker sees to it that each channel is looked at after the flag has changed, also when
 * the backend that changed it has died.
 */
export class ForcedMesh {
  /** Value of the flag up to which all channels have been looked at; undefined: not known yet. */
  protected attended: string | null | undefined;
  protected attending = false;

  constructor(
    protected readonly redis: RedisClient,
    protected readonly desk: ChannelDesk,
  ) {}

  /** @param since anything that is not the same twice, e.g. the id of the request */
  async force(since: string): Promise<void> {
    await this.redis.call('SET', keys.forcedMesh, since);
    await this.attendAll();
  }

  async lift(): Promise<void> {
    await this.redis.call('DEL', keys.forcedMesh);
    await this.attendAll();
  }

  /** The caretaker's round. */
  async care(): Promise<void> {
    if (this.attending) return;
    const flag = (await this.redis.call('GET', keys.forcedMesh)) as string | null;
    if (flag === this.attended) return;
    this.attending = true;
    try {
      await this.attendAll();
      this.attended = flag;
    } finally {
      this.attending = false;
    }
  }

  protected async attendAll(): Promise<void> {
    for (const id of (await this.redis.call('ZRANGE', keys.changed, 0, -1)) as string[])
      await this.desk.attend(Number(id));
  }
}
