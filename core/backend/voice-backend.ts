import type { JoinRequest } from '../channel/admission.js';
import { announcedVersion, decodeAnnouncement, encodeAnnouncement } from '../channel/announcement.js';
import { ChannelUnavailable } from '../channel/channel-desk.js';
import { type ChannelRecord, hasUser } from '../channel/channel-record.js';
import type { ChannelWork, RuleContext } from '../channel/channel-rules.js';
import { connectionName, instanceOf, localOf } from '../cluster/connection-cluster.js';
import { keys } from '../keys.js';
import type { ClientMessage, RefusalCode, ServerMessage } from '../protocol.js';
import { MessageRate } from '../sfu/message-rate.js';
import { BackendParts } from './backend-parts.js';
import { clientMessageProblem, MESSAGE_BYTES_MAX, MESSAGES_PER_SECOND } from './client-messages.js';
import { type ClientConnection, newConnection } from './connection.js';

const PONG: ServerMessage = { type: 'pong' };

/** One backend of the voice service: client connections in, decisions about channels out. Any number of them share one Redis. */
export class VoiceBackend extends BackendParts {
  /** Subscribes and starts the periodic work. */
  start(): void {
    void this.subscription.ensure();
    this.caretaker.start();
  }

  protected received(channel: string, message: string): void {
    if (channel === keys.migrations) {
      const { channelId, version, foreign } = announcedVersion(message);
      const known = this.channels.version(channelId);
      if (known < 0 || version <= known) return;
      if (foreign) this.refresh(channelId);
      else this.channels.show(decodeAnnouncement(message));
    } else if (channel === keys.backend(this.options.instance)) {
      this.connections.receive(message);
    } else if (channel === keys.revocations) {
      this.tokens?.book.revoked(message);
    }
  }

  /** Ends the periodic work; connections are the gateway's to close. */
  stop(): void {
    this.stopped = true;
    this.caretaker.stop();
    this.tokens?.book.stop();
    for (const timer of this.wakeUps.values()) timer.cancel();
    this.wakeUps.clear();
  }

  /** A message has arrived on a client connection. What comes too fast is not even looked at. @param bytes its size, where it is known */
  onMessage(localId: string, message: unknown, bytes = 0): void {
    if (!this.rateOf(localId).allow(this.options.ports.clock.nowMs())) {
      this.options.ports.metrics.count('voice_messages_refused_total', { reason: 'rate' });
      return;
    }
    const problem =
      bytes > MESSAGE_BYTES_MAX ? `a message has at most ${MESSAGE_BYTES_MAX} bytes` : clientMessageProblem(message);
    if (problem !== null) {
      this.options.ports.log.write('warn', 'message refused', { problem });
      this.options.ports.metrics.count('voice_messages_refused_total', { reason: 'invalid' });
      const { requestId, channelId } = (typeof message === 'object' && message !== null ? message : {}) as {
        requestId?: unknown;
        channelId?: unknown;
      };
      if (typeof requestId === 'string') this.refuse(localId, requestId, Number(channelId), 'invalid', 0, problem);
      return;
    }
    const valid = message as ClientMessage;
    if (valid.type === 'hello') {
      this.hello(localId, valid);
      return;
    }
    const client = this.clients.get(localId);
    if (!client) {
      this.options.ports.gateway.close(localId, 'hello first');
      return;
    }
    client.heardTick = this.ticks;
    switch (valid.type) {
      case 'join':
        void this.join(client, valid);
        break;
      case 'leave':
        this.leave(client, valid.channelId);
        break;
      case 'ready':
        this.ready(client, valid.channelId, valid.epoch);
        break;
      case 'failed':
        this.tellMigration(client, valid.channelId, (context) =>
          this.rules.migrations.failed(context, client.userId, client.sessionId, valid.epoch, valid.reason),
        );
        break;
      case 'signal':
        this.relay(client, valid.to, valid.channelId, valid.data);
        break;
      case 'ping':
        if (valid.heard !== undefined && valid.channelId !== null) {
          const record = this.channels.record(valid.channelId);
          this.sampler?.heard(record, valid.heard);
          this.quality?.heard(record, client.userId, valid.heard);
        }
        this.ping(client, valid.channelId, valid.version, valid.epoch);
        break;
      case 'token':
        this.tokens?.asked(client, valid);
        break;
      case 'turn':
        this.giveTurn(client);
        break;
    }
  }

  /** A client connection has ended. `clean`: the client closed it on purpose (tab closed); otherwise it may come back. */
  onClose(localId: string, clean: boolean): void {
    this.rates.delete(localId);
    const client = this.clients.get(localId);
    if (!client) return;
    this.clients.delete(localId);
    const { channelId, userId, sessionId, name } = client;
    client.wish = null;
    this.channels.detach(client);
    this.connections.unregister(userId, localId).catch(() => undefined); // a stale entry is removed with the instance
    if (channelId === null) return;
    void this.insist(channelId, (context) => {
      if (!clean) return this.rules.admission.connectionLost(context, (connection) => connection === name);
      const member = context.draft.record.members.get(userId);
      if (!member || member.connection === name) this.rules.admission.leave(context, userId, sessionId);
    });
  }

  protected rateOf(localId: string): MessageRate {
    let rate = this.rates.get(localId);
    if (!rate) {
      rate = new MessageRate(MESSAGES_PER_SECOND, 1_000);
      this.rates.set(localId, rate);
    }
    return rate;
  }

  protected hello(localId: string, message: Extract<ClientMessage, { type: 'hello' }>): void {
    const { ports, instance, policy } = this.options;
    const name = connectionName(instance, localId, message.connects);
    const client = newConnection(localId, name, message.userId, message.sessionId, this.ticks, message.name);
    this.clients.set(localId, client);
    ports.gateway.send(localId, { type: 'welcome', backendId: instance, pingEveryMs: policy.pingEveryMs });
    this.giveTurn(client);
    if (!this.storeUp) ports.gateway.send(localId, { type: 'degraded', reason: 'store', active: true });
    this.connections.register(message.userId, localId, message.connects).catch(() => undefined); // registered again by resync
  }

  /** Needs no store: the server checks what the secret says. */
  protected giveTurn({ localId, userId }: ClientConnection): void {
    const { turn, ports } = this.options;
    if (turn === undefined) return;
    const nowMs = ports.clock.nowMs();
    const { username, password, urls, expiresMs } = turn.issue(userId, nowMs);
    ports.gateway.send(localId, { type: 'turn', username, password, urls, lifetimeMs: expiresMs - nowMs });
  }

  protected async join(client: ClientConnection, message: Extract<ClientMessage, { type: 'join' }>): Promise<void> {
    const { requestId, channelId, version = 0, epoch = 0 } = message;
    const { ports, policy } = this.options;
    const sinceMs = ports.clock.nowMs();
    const before = client.wish ?? client.channelId;
    if (before !== null && before !== channelId) this.leave(client, before);
    client.wish = channelId;
    const since = message.since ?? (client.queued && client.channelId === channelId ? client.queuedSince : undefined);
    const { userId, sessionId, name: connection } = client;
    const request: JoinRequest = { userId, sessionId, connection, since, seen: { version, epoch } };
    let outcome: 'joined' | 'queued' | 'refused' = 'refused';
    this.channels.expect(channelId);
    try {
      // a leave that came after us may have been done already: a section that has failed is repeated
      const { result, record } = await this.desk.change(channelId, (context) =>
        client.wish === channelId ? this.rules.admission.join(context, request) : null,
      );
      if (!this.clients.has(client.localId)) {
        this.abandon(client, channelId);
        return;
      }
      if (client.wish !== channelId) return; // left meanwhile, and the client knows
      const waiting = record.queue.findIndex((entry) => entry.sessionId === client.sessionId);
      if (record.members.get(client.userId)?.sessionId === client.sessionId) {
        outcome = 'joined';
        this.channels.attach(client, channelId, false);
        client.sentVersion = record.version;
        client.sinceVersion = record.version;
        client.sinceEpoch = record.epoch;
        ports.gateway.send(client.localId, { type: 'joined', requestId, view: this.views.of(record, client.userId) });
        this.catchUp(client, channelId);
      } else if (waiting >= 0) {
        outcome = 'queued';
        this.channels.attach(client, channelId, true);
        client.queuedSince = record.queue[waiting]!.since ?? 0;
        client.sinceVersion = record.version;
        client.sinceEpoch = record.epoch;
        ports.gateway.send(client.localId, {
          type: 'queued',
          requestId,
          channelId,
          position: waiting + 1,
          estimatedWaitMs: policy.estimatedWaitMs,
          since: client.queuedSince,
        });
        this.catchUp(client, channelId);
      } else if (result?.outcome === 'replaced') {
        this.remove(client, channelId, 'replaced');
      } else {
        if (result?.outcome === 'full')
          this.refuse(
            client.localId,
            requestId,
            channelId,
            'channel-full',
            policy.retryMs,
            record.mode === 'sfu' ? 'the media server is full' : `peer-to-peer takes ${policy.meshLimit}`,
          );
        else if (result?.outcome === 'too-many-rooms')
          this.refuse(
            client.localId,
            requestId,
            channelId,
            'too-many-rooms',
            policy.retryMs,
            `a user may be in ${policy.roomsPerUser} channels at once: leave one`,
          );
        else this.refuse(client.localId, requestId, channelId, 'busy', policy.lockRetryMs, 'left meanwhile');
      }
    } catch (error) {
      const code = error instanceof ChannelUnavailable ? error.code : 'store-unavailable';
      this.refuse(client.localId, requestId, channelId, code, 2 * policy.tickMs, String(error));
      // the join may have been done all the same; then nobody would answer for it
    } finally {
      this.channels.expectNoMore(channelId);
    }
    const tookMs = ports.clock.nowMs() - sinceMs;
    ports.metrics.observe('voice_join_latency_ms', tookMs, { outcome });
    this.sampler?.joined(this.channels.record(channelId), outcome, tookMs);
  }

  protected refuse(
    localId: string,
    requestId: string,
    channelId: number,
    code: RefusalCode,
    retryAfterMs: number,
    reason: string,
  ): void {
    this.options.ports.metrics.count('voice_joins_refused_total', { code });
    this.options.ports.gateway.send(localId, { type: 'refused', requestId, channelId, code, retryAfterMs, reason });
  }

  /** The connection ended while its join was under way. */
  protected abandon(client: ClientConnection, channelId: number): void {
    void this.insist(channelId, (context) =>
      this.rules.admission.connectionLost(context, (connection) => connection === client.name),
    );
  }

  protected leave(client: ClientConnection, channelId: number): void {
    if (client.channelId === channelId) this.channels.detach(client);
    if (client.wish === channelId) client.wish = null;
    void this.insist(channelId, (context) => {
      // done late, it must not undo a newer join
      if (client.channelId !== channelId) this.rules.admission.leave(context, client.userId, client.sessionId);
    }).then(() => {
      this.options.ports.gateway.send(client.localId, { type: 'left', channelId });
    });
  }

  /** A member has acknowledged the migration. */
  protected ready(client: ClientConnection, channelId: number, epoch: number): void {
    this.tellMigration(client, channelId, (context) =>
      this.rules.migrations.ready(context, client.userId, client.sessionId, epoch),
    );
  }

  /** Something a member says about the migration; said again by the client with its next heartbeat if it is lost here. */
  protected tellMigration(
    client: ClientConnection,
    channelId: number,
    operation: (context: RuleContext) => void,
  ): void {
    if (client.channelId !== channelId) return;
    this.desk.change(channelId, operation).catch(() => undefined);
  }

  protected relay(client: ClientConnection, to: string, channelId: number, data: unknown): void {
    if (client.channelId !== channelId) return;
    this.connections
      .sendToMember(channelId, to, { type: 'signal', channelId, from: client.userId, data })
      .catch(() => undefined); // peers try again
  }

  protected ping(client: ClientConnection, channelId: number | null, version: number, epoch = 0): void {
    this.options.ports.gateway.send(client.localId, PONG);
    if (channelId === null) {
      // twice in a row: the first may have crossed our answer to the join
      if (client.channelId !== null && !client.queued && ++client.absentPings >= 2)
        this.leave(client, client.channelId);
      return;
    }
    client.absentPings = 0;
    client.wish = channelId;
    const record = client.channelId === channelId ? this.channels.record(channelId) : null;
    const member = record?.members.get(client.userId);
    if (
      !record ||
      client.queued ||
      member?.connection !== client.name ||
      member.lostAtMs > 0 ||
      version > record.version ||
      epoch > record.epoch
    ) {
      void this.reassert(client, channelId, version, epoch);
    } else if (version < record.version) {
      client.sentVersion = Math.min(client.sentVersion, version);
      this.channels.deliver(client, record);
    }
  }

  /** Puts back into the store what a connected client knows and the store has lost. */
  protected async reassert(client: ClientConnection, channelId: number, version: number, epoch: number): Promise<void> {
    if (this.reasserting.has(client)) return;
    this.reasserting.add(client);
    const request: JoinRequest = { userId: client.userId, sessionId: client.sessionId, connection: client.name };
    const wasQueued = client.queued;
    this.channels.expect(channelId);
    try {
      const { record } = await this.desk.change(channelId, (context): void => {
        if (client.wish !== channelId) return;
        if (wasQueued)
          this.rules.admission.join(context, { ...request, since: client.queuedSince, seen: { version, epoch } });
        else this.rules.admission.reassert(context, request, version, epoch);
      });
      if (!this.clients.has(client.localId)) {
        this.abandon(client, channelId);
        return;
      }
      if (client.wish !== channelId) return; // left meanwhile
      if (record.members.get(client.userId)?.sessionId === client.sessionId) {
        this.channels.attach(client, channelId, client.queued);
        client.sinceVersion = record.version;
        client.sinceEpoch = record.epoch;
        client.sentVersion = Math.min(client.sentVersion, version);
        this.channels.show(record);
      } else if (!record.queue.some((waiting) => waiting.sessionId === client.sessionId)) {
        this.remove(client, channelId, hasUser(record, client.userId) ? 'replaced' : 'unknown');
      } else {
        client.sinceVersion = record.version;
        client.sinceEpoch = record.epoch;
      }
    } catch {
      // the next heartbeat says it again
    } finally {
      this.channels.expectNoMore(channelId);
      this.reasserting.delete(client);
    }
  }

  /** Tells the client that it is not in the channel. */
  protected remove(client: ClientConnection, channelId: number, reason: 'replaced' | 'unknown'): void {
    this.channels.detach(client);
    client.wish = null;
    this.options.ports.gateway.send(client.localId, { type: 'removed', channelId, reason });
  }

  /** A record newer than the answer may have come before the connection was attached. It was kept for whoever was expected, so it need not be read. */
  protected catchUp(client: ClientConnection, channelId: number): void {
    const record = this.channels.record(channelId);
    if (record && record.version > client.sentVersion) this.channels.deliver(client, record);
    else if (!record) this.refresh(channelId);
  }

  /** Reads a channel and shows it to its clients here. One reading at a time a channel; a wish in between makes one more. */
  protected refresh(channelId: number): void {
    if (this.refreshing.has(channelId)) {
      this.refreshing.set(channelId, true);
      return;
    }
    this.refreshing.set(channelId, false);
    this.store
      .read(channelId)
      .then(({ record }) => this.channels.show(record))
      .catch(() => undefined) // the next tick asks again
      .finally(() => {
        const again = this.refreshing.get(channelId);
        this.refreshing.delete(channelId);
        if (again && this.channels.version(channelId) >= 0) this.refresh(channelId);
      });
  }

  protected committed(record: ChannelRecord, nowMs: number, announced: boolean, work: readonly ChannelWork[]): void {
    if (announced) this.channels.show(record);
    for (const job of work) this.targetWork.carryOut(job).catch(() => undefined); // done again when its lease is over
    this.wakeUps.get(record.channelId)?.cancel();
    this.wakeUps.delete(record.channelId);
    if (record.dueMs > 0 && !this.stopped) {
      const timer = this.options.ports.timers.after(Math.max(1, record.dueMs - nowMs), () => {
        this.wakeUps.delete(record.channelId);
        this.desk.attend(record.channelId).catch(() => undefined); // the caretaker finds it in `voice:due`
      });
      this.wakeUps.set(record.channelId, timer);
    }
  }

  /** What the other backends are told; whoever misses it finds the channel in `voice:changed`. */
  protected announcement(record: ChannelRecord): string | null {
    return encodeAnnouncement(record);
  }

  /** Repeats a change until it is done: for what nobody else would ask for again. */
  protected async insist(channelId: number, operation: (context: RuleContext) => void): Promise<void> {
    while (!this.stopped) {
      try {
        await this.desk.change(channelId, operation);
        return;
      } catch {
        await new Promise<void>((resolve) => this.options.ports.timers.after(this.options.policy.tickMs, resolve));
      }
    }
  }

  protected forget(channelId: number): void {
    this.wakeUps.get(channelId)?.cancel();
    this.wakeUps.delete(channelId);
  }

  /** Says everything again that the store may have lost, and asks everything that we may have missed. */
  protected async resync(): Promise<void> {
    this.listing.again(this.channels.ids());
    for (const channelId of this.channels.ids()) this.refresh(channelId);
    await this.connections.registerAll().catch(() => undefined);
    const { instance } = this.options;
    // our connections that have ended, and those whose client is somewhere else: the store may have lost that they left or were replaced
    const stale = (connection: string, channelId: number) =>
      instanceOf(connection) === instance && this.clients.get(localOf(connection))?.wish !== channelId;
    await this.caretaker.dropStale(stale).catch(() => undefined); // looked at again with the next resync
  }

  /** Whether Redis can be reached, as far as known: where it cannot, clients had better go elsewhere. */
  get well(): boolean {
    return this.storeUp;
  }

  /** Clients of a backend without Redis fall out of their calls: others may still reach it. */
  protected sendElsewhere(): void {
    const { policy, ports } = this.options;
    const nowMs = ports.clock.nowMs();
    if (policy.storePatienceMs === 0 || nowMs < this.storeDownMs + policy.storePatienceMs) return;
    this.storeDownMs = nowMs;
    for (const localId of [...this.clients.keys()]) {
      ports.gateway.close(localId, 'no store');
      this.onClose(localId, false);
    }
  }

  protected setStoreUp(up: boolean): void {
    if (up === this.storeUp) return;
    this.storeDownMs = this.options.ports.clock.nowMs();
    this.storeUp = up;
    this.options.ports.log.write('warn', up ? 'Redis is back' : 'Redis cannot be reached');
    for (const client of this.clients.values())
      this.options.ports.gateway.send(client.localId, { type: 'degraded', reason: 'store', active: !up });
    if (up) void this.resync();
  }

  /** Closes connections that have not been heard of for three heartbeats. Looks at a part of them each tick, at all in one heartbeat. */
  protected dropSilent(): void {
    const { ports, policy } = this.options;
    const limit = ++this.ticks - (3 * policy.pingEveryMs) / policy.tickMs;
    for (let left = Math.ceil((this.clients.size * policy.tickMs) / policy.pingEveryMs); left > 0; left--) {
      const next = this.sweep.next();
      if (next.done) {
        this.sweep = this.clients.values();
        break;
      }
      const client = next.value;
      if (client.heardTick >= limit) continue;
      ports.gateway.close(client.localId, 'silent');
      this.onClose(client.localId, false);
    }
  }
}
