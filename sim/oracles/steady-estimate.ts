import type { Evidence } from './evidence.js';
import type { Finding, Oracle } from './oracle.js';

/** So much down and up again, as a share, is a swing; less is how estimators find out what a link carries. */
const SWING = 0.1;
/** So many swings in this time are no search, but an oscillation. */
const SWINGS = 3;
const WITHIN_US = 20_000_000;
/** A link that has just changed is still being learned. */
const LINK_SETTLE_US = 20_000_000;

/** The turning points of one estimate. */
class Swings {
  private falling = false;
  private extreme: number | null = null;
  /** When each of the last swings was complete. */
  private readonly atUs: number[] = [];

  /** @returns whether this value completes one swing too many */
  add(atUs: number, kbps: number): boolean {
    this.extreme ??= kbps;
    if (this.falling) {
      this.extreme = Math.min(this.extreme, kbps);
      if (kbps < this.extreme * (1 + SWING)) return false;
      this.falling = false;
      this.extreme = kbps;
      return this.complete(atUs);
    }
    this.extreme = Math.max(this.extreme, kbps);
    if (kbps > this.extreme * (1 - SWING)) return false;
    this.falling = true;
    this.extreme = kbps;
    return false;
  }

  forget(): void {
    this.falling = false;
    this.extreme = null;
    this.atUs.length = 0;
  }

  private complete(atUs: number): boolean {
    this.atUs.push(atUs);
    if (this.atUs.length < SWINGS) return false;
    return atUs - (this.atUs.shift() as number) <= WITHIN_US;
  }
}

/**
 * B4: an estimate does not oscillate. On a link that stays as it is, it comes to rest, or at least looks for more only now and then. Not judged is
 * the uplink in a mesh: there each copy has an estimator of its own, whose share changes with what the others take.
 */
export const steadyEstimate: Oracle = {
  id: 'steady-estimate',
  kind: 'safety',
  needs: 'voice',
  claim:
    'while a link stays as it is, the estimate of what it carries does not fall and rise by 10 % three times within 20 s',
  attach(evidence: Evidence, report: (finding: Finding) => void): void {
    const { ears } = evidence;
    /** Host and direction -> its estimate */
    const swings = new Map<string, Swings>();
    ears?.listen({
      estimated: (hostId, direction, atUs, kbps) => {
        const key = `${hostId} ${direction}`;
        let own = swings.get(key);
        if (own === undefined) {
          own = new Swings();
          swings.set(key, own);
        }
        const host = ears.links.host(hostId);
        const shared = direction === 'up' && host.copies > 1;
        if (
          shared ||
          host.nature.varying ||
          host.changedUs > atUs - LINK_SETTLE_US ||
          evidence.disturbed(LINK_SETTLE_US)
        ) {
          own.forget();
          return;
        }
        if (!own.add(atUs, kbps)) return;
        report({
          message: `the estimate of what the link of ${hostId} carries ${direction} has fallen and risen again three times within 20 s; it is ${Math.round(kbps)} kbit/s now`,
          subjects: [hostId],
        });
      },
    });
  },
};
