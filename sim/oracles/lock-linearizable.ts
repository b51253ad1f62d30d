import type { Evidence } from './evidence.js';
import { checkLinearizability, type LockInput, leasedLock, type Operation } from './linearizability/index.js';
import type { Finding, Oracle } from './oracle.js';

const LOCK_KEY = 'lock:channel:';
/** A lease may end this much of its time before its end: servers' clocks drift. */
const EARLY = 0.01;

/** A lock that somebody has taken and not given back. */
interface Grant {
  readonly client: string;
  readonly lease: string;
  readonly atUs: number;
  /** From here on the lease may be over. */
  readonly untilUs: number;
}

/**
 * The channel lock as its users see it: a leased lock, taken when the key appears and given back when it goes, by whoever makes it
 * appear or go. The usual history, one takes it and the same gives it back, needs no search; any other is given to the checker, from the
 * last taking on: who has got a lock that was free needs nothing of what was before.
 *
 * What the holder writes is the matter of `exclusive-writes`: a store may be safe although the lock is not.
 */
export const lockLinearizable: Oracle = {
  id: 'lock-linearizable',
  kind: 'safety',
  claim: 'a channel lock is held by one at a time, until that one gives it back or its lease is over',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const grants = new Map<string, Grant>();
    evidence.onStoreWrite(['lock'], ({ client, writes }) => {
      for (const key of writes) {
        if (!key.startsWith(LOCK_KEY)) continue;
        const grant = grants.get(key);
        const lease = evidence.store.string(key);
        if (lease === grant?.lease) continue; // renewed: it will end later than we think, which excuses more
        if (lease === null) {
          if (grant !== undefined && grant.client !== client && evidence.nowUs < grant.untilUs)
            judge(key, grant, client, { kind: 'release', lease: `of ${client}` });
          grants.delete(key);
          continue;
        }
        if (grant !== undefined && evidence.nowUs < grant.untilUs)
          judge(key, grant, client, { kind: 'acquire', lease });
        const ttlMs = evidence.store.ttlMs(key);
        grants.set(key, {
          client,
          lease,
          atUs: evidence.nowUs,
          untilUs: evidence.nowUs + ttlMs * (1 - EARLY) * 1_000,
        });
      }
    });

    function judge(key: string, grant: Grant, client: string, input: LockInput): void {
      const { nowUs } = evidence;
      const at = (who: string, callAt: number, returnAt: number, what: LockInput, output?: boolean) =>
        ({ client: who, input: what, output, callAt, returnAt }) satisfies Operation<LockInput, boolean>;
      const held: LockInput = { kind: 'acquire', lease: grant.lease };
      // a failover may lose the lock at any moment
      const endsAt = evidence.storeDisturbed() ? grant.atUs : grant.untilUs;
      const verdict = checkLinearizability(leasedLock, [
        at(grant.client, grant.atUs, grant.atUs, held, true),
        at('the lease', endsAt, Number.POSITIVE_INFINITY, { kind: 'expire', lease: grant.lease }),
        at(client, nowUs, nowUs, input, true),
      ]);
      if (verdict.answer !== 'not-linearizable') return;
      const channel = `channel ${key.slice(LOCK_KEY.length)}`;
      const does = input.kind === 'acquire' ? 'gets the lock' : 'gives back the lock';
      const left = Number.isFinite(grant.untilUs) ? `another ${Math.ceil((grant.untilUs - nowUs) / 1_000)} ms` : 'good';
      report({
        message: `${client} ${does} of ${channel} while ${grant.client} holds it for ${left}: ${verdict.explanation}`,
        subjects: client === grant.client ? [client, channel] : [client, grant.client, channel],
      });
    }
  },
};
