import type { CallPolicy } from '../../core/call/call-policy.js';
import { keys } from '../../core/keys.js';
import type { Policy } from '../../core/policy.js';
import type { SfuRoom } from '../../core/ports.js';
import type { Observer } from '../clients/index.js';
import type { Ears } from '../media/ears/index.js';
import type { Gap, Hearing } from '../media/index.js';
import type {
  Evidence,
  RolloutEvidence,
  SessionEvidence,
  StoreCommand,
  StoreEvidence,
  TokenEvidence,
  ViewApplied,
} from '../oracles/index.js';
import { StatusReply } from '../redis/reply.js';
import { resolveCallPolicy } from '../scenario/index.js';
import { StoreListeners } from './store-listeners.js';
import type { World } from './world.js';

/** A failover takes this long to be over: writes may have been lost, and their authors do not know it yet. */
const STORE_SETTLE_US = 60_000_000;

const STORE_FAULT = /^(redis|sentinel)-/;
const STORE_HOST = /(^|, )(redis|sentinel)-/;

/** In an explored world everything may be late by as much as the window: beyond this that is a fault of network or machine. */
const BUSY_US = 20_000;

/** Shows a world to the oracles. */
export class WorldEvidence implements Evidence {
  readonly store: StoreEvidence;
  private readonly listeners = new StoreListeners();

  readonly tokens: TokenEvidence | null;

  constructor(private readonly world: World) {
    this.tokens = tokensOf(world);
    this.store = storeOf(world);
  }

  get nowUs(): number {
    return this.world.sim.nowUs;
  }

  get policy(): Policy {
    return this.world.policy;
  }

  get callPolicy(): CallPolicy | null {
    return resolveCallPolicy(this.world.scenario);
  }

  get rollout(): RolloutEvidence | null {
    return this.world.rolloutWatch;
  }

  get hearing(): Hearing {
    return this.world.hearing;
  }

  get ears(): Ears | null {
    return this.world.ears;
  }

  sessions(): Iterable<SessionEvidence> {
    const sessions: SessionEvidence[] = [];
    for (const client of this.world.population.clients) for (const tab of client.tabs) sessions.push(tab);
    return sessions;
  }

  rooms(): readonly SfuRoom[] {
    return this.world.rooms();
  }

  noPlace(channelId: number): boolean {
    const { sfuNodes } = this.world;
    // asked after every command of the store: nearly always some node has room, and none is closed
    if (!sfuNodes.some((node) => node.closed) && sfuNodes.some(({ host }) => host.state === 'up')) return false;
    const [name = ''] = (this.store.hash(keys.state(channelId)).get('sfuRoom') ?? '').split('|');
    const own = sfuNodes.find((node) => node.name === name);
    const running = sfuNodes.filter(({ host }) => host.state === 'up');
    return own === undefined ? running.every((node) => node.closed) : own.closed;
  }

  disturbed(settleUs: number): boolean {
    const { explore } = this.world;
    if (explore !== null && explore.windowUs > BUSY_US && this.nowUs <= explore.untilUs + settleUs) return true;
    return this.world.faults.activeAt(this.nowUs, settleUs) !== null;
  }

  storeDisturbed(): boolean {
    return this.storeFault(() => true);
  }

  storeMayForget(): boolean {
    const { replicas } = this.world.scenario.topology.redis;
    return this.storeFault((kind) => replicas > 0 || (kind !== 'partition' && kind !== 'redis-pause'));
  }

  private storeFault(counts: (kind: string) => boolean): boolean {
    return this.world.faults.records.some(({ kind, target, fromUs, toUs }) => {
      if (!STORE_FAULT.test(kind) && !(kind === 'partition' && STORE_HOST.test(target))) return false;
      if (!counts(kind)) return false;
      const overUs = Number.isFinite(toUs) ? toUs : fromUs;
      return fromUs <= this.nowUs && this.nowUs <= overUs + STORE_SETTLE_US;
    });
  }

  onClients(listener: Partial<Observer>): void {
    this.world.events.listen(listener);
  }

  onView(listener: (event: ViewApplied) => void): void {
    this.world.events.listen({
      viewApplied: ({ userId, sessionId }, channelId, version, epoch, mode, roster) =>
        listener({ userId, sessionId, channelId, version, epoch, mode, roster }),
    });
  }

  onReadySent(
    listener: (event: { userId: string; sessionId: string; channelId: number; epoch: number }) => void,
  ): void {
    this.world.events.listen({
      migrationReady: ({ userId, sessionId }, channelId, epoch) => listener({ userId, sessionId, channelId, epoch }),
    });
  }

  onFailedSent(listener: (event: { userId: string; channelId: number }) => void): void {
    this.world.events.listen({ migrationFailed: ({ userId }, channelId) => listener({ userId, channelId }) });
  }

  onStoreCommand(listener: (command: StoreCommand) => void): void {
    if (this.listeners.add(listener, null) === 1) this.hearCommands();
  }

  onStoreWrite(families: readonly string[], listener: (command: StoreCommand) => void): void {
    if (this.listeners.add(listener, families) === 1) this.hearCommands();
  }

  onGap(listener: (gap: Gap) => void): void {
    this.world.events.listen({ gap: listener });
  }

  onDoubled(listener: (listenerId: string, talkerId: string, channelId: number) => void): void {
    this.world.events.listen({ doubled: listener });
  }

  private hearCommands(): void {
    this.world.redis.onCommand(({ server, client, args, reply, footprint: { writes } }) => {
      if (server !== this.world.redis.primary || !this.listeners.wants(writes)) return;
      const ok = reply instanceof StatusReply ? reply.text : reply;
      this.listeners.tell({ client: client.id, words: args, reply: ok, writes });
    });
  }
}

function tokensOf(world: World): TokenEvidence | null {
  if (world.tokens === null) return null;
  const { perWindow, windowMs } = world.tokens.policy;
  return {
    perWindow,
    windowMs,
    *bearers() {
      for (const node of world.sfuNodes)
        for (const room of node.runningRooms())
          for (const { userId, sessionId, stamp, attached } of room.participants.values())
            if (attached) yield { userId, sessionId, room: room.name, stamp };
    },
    onIssued: (listener) => world.events.listen({ tokenIssued: (userId, stampMs) => listener(userId, stampMs) }),
  };
}

function storeOf(world: World): StoreEvidence {
  let data = world.redis.primary.data;
  let inspection = world.redis.inspect();
  const look = () => {
    const present = world.redis.primary.data;
    if (present !== data) {
      // another primary, or the same one started anew
      data = present;
      inspection = world.redis.inspect();
    }
    return inspection;
  };
  return {
    hash: (key) => look().hgetall(key),
    set: (key) => look().smembers(key),
    list: (key) => look().lrange(key),
    string: (key) => look().get(key),
    nowMs: () => world.redis.primary.host.nowMs(),
    sorted: (key) => look().zrange(key),
    ttlMs: (key) => {
      const ms = look().pttl(key);
      return ms === -1 ? Number.POSITIVE_INFINITY : Math.max(0, ms);
    },
    keys: (prefix) => look().keys(prefix),
  };
}
