import type { Clock, Log, RedisClient } from '../ports.js';
import type { TokenDesk } from '../token/token-desk.js';
import type { TokenSigner } from '../token/token-signer.js';
import { type AdminAnswer, type AdminCommand, type AdminRefusal, adminRequestSchema } from './admin-protocol.js';
import type { AuditLog } from './audit-log.js';
import type { ForcedMesh } from './forced-mesh.js';
import type { StuckMigrations } from './stuck-migrations.js';
import { systemHealth } from './system-health.js';

/** What an {@link AdminDesk} works with. */
export interface AdminDeskParts {
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly signer: TokenSigner;
  readonly audit: AuditLog;
  readonly forcedMesh: ForcedMesh;
  readonly stuck: StuckMigrations;
  readonly tokens: TokenDesk;
  readonly reconcile: () => Promise<void>;
}

/**
 * What operators may do (A14), on any backend, in the middle of anything: each command only brings the system to where its rules want it, under the
 * locks that everybody uses, so doing it twice is doing it once. Nothing is done that is not written down first.
 */
export class AdminDesk {
  constructor(protected readonly parts: AdminDeskParts) {}

  /** Answers a request as it came from outside. Never rejects. */
  async handle(message: unknown): Promise<AdminAnswer> {
    const request = adminRequestSchema.safeParse(message);
    if (!request.success) {
      const id = (message as { id?: unknown } | null)?.id;
      return refusal(typeof id === 'string' ? id : '', 'invalid', request.error.issues[0]?.message ?? 'not a request');
    }
    const { id, token, command } = request.data;
    const { signer, clock, audit, log } = this.parts;
    const { claims, problem } = signer.readAdmin(token, clock.nowMs());
    if (claims === null) return refusal(id, 'unauthorized', problem);
    try {
      const before = await audit.begin(id, claims.sub, command);
      if (before) return { id, ok: true, report: before };
      const report = await this.carryOut(id, command);
      await audit.end(id, report);
      return { id, ok: true, report };
    } catch (error) {
      log.write('warn', 'admin request not done', { id, error: String(error) });
      return refusal(id, 'unavailable', String(error));
    }
  }

  protected async carryOut(id: string, command: AdminCommand): Promise<Readonly<Record<string, unknown>>> {
    const { forcedMesh, stuck, tokens, reconcile, redis, clock } = this.parts;
    switch (command.do) {
      case 'force-p2p':
        await forcedMesh.force(id);
        return {};
      case 'lift-p2p':
        await forcedMesh.lift();
        return {};
      case 'clear-stuck':
        return { cleared: await stuck.clear() };
      case 'reconcile':
        await reconcile();
        return {};
      case 'revoke-tokens':
        return { revokedUpTo: await tokens.revoke(command.userId) };
      case 'health':
        return systemHealth(redis, clock);
    }
  }
}

const refusal = (id: string, code: AdminRefusal, reason: string): AdminAnswer => ({ id, ok: false, code, reason });
