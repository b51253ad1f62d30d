/** What a listener's downlink is known to carry, and who there is to be heard. */
export interface VoiceDemand {
  /** The caller's clock, in ms; what goes back is taken as now. */
  readonly atMs: number;
  /**
   * What the downlink has been found to carry when it was full, everything on the wire counted, in kbit/s; Infinity: it has not been. Not what loss makes of it: leaving voices out
   * helps against a queue, and not against a link that loses whatever it is given.
   */
  readonly capacityKbps: number;
  /** Estimate of the downlink, loss included, in kbit/s. Counts when most of a queue is lost, so that it does not grow any more. */
  readonly availableKbps: number;
  /** Share of packets lost since the report before, 0..1. */
  readonly lossShare: number;
  /** All that is sent is in the lowest layer: before that, loss has another remedy. */
  readonly lowest: boolean;
  /** What is sent is not played yet: it is heard over another path (in a move from a mesh), which shares the link. Then nothing is left out. */
  readonly standby: boolean;
  /** What a voice takes on the wire in the lowest layer, in kbit/s. */
  readonly voiceKbps: number;
  /** Voices that talk at once, on average over the last seconds: shares of the time, added up over all talkers. */
  readonly talkers: number;
}

/**
 * Without so much loss, on average over a few seconds, there is room in the queue, and nobody has to be left out: what a transport is thought to carry is too little when another one has shared
 * its link, as in a move from a mesh.
 */
const SOME_LOSS = 0.05;
/** What loses more than this is full, whatever else it is. */
const HEAVY_LOSS = 0.25;
const LOSS_MS = 3_000;

/** Numbers of a {@link VoiceLimit}. */
export interface VoiceLimitPolicy {
  /** So much less than is needed is clearly too little, as a share; then nothing is waited for. */
  readonly margin: number;
  /** What is a little too little counts when it has been so for this long; what would do for one voice more, too. */
  readonly holdMs: number;
  /** The lowest layer has to have been tried for this long before anybody is left out ... */
  readonly patienceMs: number;
  /** ... unless the link has been full for this long with clearly less than that layer takes: then it is no remedy. */
  readonly provenMs: number;
  /**
   * A path on standby is spared for this long: the other one goes away when all are ready. After that it is the signalling that would starve, and with it whoever waits for
   * this listener's word.
   */
  readonly standbyMs: number;
  /** After a change nothing is allowed again for this long. */
  readonly quietMs: number;
  /** A voice more that had to be taken back within this time, or within the wait before it, was a failure. */
  readonly trialMs: number;
  /** How long after the first, second, ... failure in a row no voice more is tried. The last one holds for all that follow. */
  readonly waitsMs: readonly number[];
}

/** As for layers (`defaultSelectionPolicy`): it is the same ladder, one step further down. */
export const defaultVoiceLimitPolicy: VoiceLimitPolicy = {
  margin: 0.1,
  holdMs: 2_000,
  patienceMs: 4_000,
  provenMs: 1_500,
  standbyMs: 8_000,
  quietMs: 5_500,
  trialMs: 10_000,
  waitsMs: [10_000, 20_000, 40_000],
};

/**
 * How many voices a listener is sent at once (last-N, as in Jitsi): all, unless its downlink does not carry all who talk in the lowest layer. What is sent beyond that
 * only makes a queue, in which every voice and the signalling get stuck. Always at least one. Fewer at once, more one by one and after a while; a voice more that could
 * not be kept is tried less and less often.
 */
export class VoiceLimit {
  protected most = Number.POSITIVE_INFINITY;
  protected atMs = Number.NEGATIVE_INFINITY;
  protected changedMs = Number.NEGATIVE_INFINITY;
  protected loweredMs = Number.NEGATIVE_INFINITY;
  protected raisedMs = Number.NEGATIVE_INFINITY;
  protected failures = 0;
  protected meanLoss = 0;
  protected lowestSinceMs: number | null = null;
  protected provenSinceMs: number | null = null;
  protected standbySinceMs: number | null = null;
  protected shortSinceMs: number | null = null;
  protected enoughSinceMs: number | null = null;

  constructor(protected readonly policy: VoiceLimitPolicy = defaultVoiceLimitPolicy) {}

  /** Voices at once; Infinity: all. */
  get voices(): number {
    return this.most;
  }

  /** A report has come. @returns how many voices may be sent from now on */
  update(demand: VoiceDemand): number {
    const { atMs, availableKbps, lossShare, voiceKbps } = demand;
    const elapsedMs = atMs - this.atMs;
    this.atMs = Math.max(this.atMs, atMs);
    this.standbySinceMs = demand.standby ? (this.standbySinceMs ?? this.atMs) : null;
    const standby = this.standbySinceMs !== null && this.atMs - this.standbySinceMs < this.policy.standbyMs;
    const lowest = demand.lowest && !standby;
    if (!lowest) this.lowestSinceMs = null;
    else this.lowestSinceMs ??= this.atMs;
    if (!lowest) this.meanLoss = 0;
    else if (lossShare >= 0 && elapsedMs > 0)
      this.meanLoss += (lossShare - this.meanLoss) * (1 - Math.exp(-elapsedMs / LOSS_MS));
    const capacityKbps =
      this.meanLoss > HEAVY_LOSS ? Math.min(demand.capacityKbps, availableKbps) : demand.capacityKbps;
    // where people take turns, and now and then two of them talk at once for a moment, one is enough
    const talkers = Math.round(demand.talkers);
    const fit = Math.max(1, Math.floor((capacityKbps || 0) / voiceKbps));
    const sent = Math.min(this.most, talkers);
    const { margin, holdMs, patienceMs, provenMs } = this.policy;
    const needKbps = sent * voiceKbps * (1 - margin);
    const proven = !standby && demand.capacityKbps < needKbps && lossShare >= SOME_LOSS;
    this.provenSinceMs = proven ? (this.provenSinceMs ?? this.atMs) : null;
    if (fit < sent) {
      this.enoughSinceMs = null;
      if (this.provenSinceMs !== null && this.atMs - this.provenSinceMs >= provenMs) {
        this.lowerTo(fit);
        return this.most;
      }
      const early = this.lowestSinceMs === null || this.atMs - this.lowestSinceMs < patienceMs;
      if (this.meanLoss < SOME_LOSS || (early && this.most === Number.POSITIVE_INFINITY)) {
        this.shortSinceMs = null;
        return this.most;
      }
      this.shortSinceMs ??= this.atMs;
      const clearly = (capacityKbps || 0) < needKbps;
      if (clearly || this.atMs - this.shortSinceMs >= holdMs) this.lowerTo(fit);
      return this.most;
    }
    this.shortSinceMs = null;
    if (this.most === Number.POSITIVE_INFINITY) return this.most;
    // with fewer who talk than may, nothing is tried by trying one more
    if (talkers > this.most && capacityKbps >= (this.most + 1) * voiceKbps * (1 + margin)) {
      this.enoughSinceMs ??= this.atMs;
      if (this.atMs - this.enoughSinceMs >= holdMs && this.mayRise()) this.raise();
    } else this.enoughSinceMs = null;
    if (talkers <= this.most && capacityKbps >= (talkers + 1) * voiceKbps * (1 + margin)) this.forget();
    return this.most;
  }

  protected lowerTo(voices: number): void {
    this.most = voices;
    this.changedMs = this.loweredMs = this.atMs;
    this.shortSinceMs = this.provenSinceMs = null;
    if (this.raisedMs === Number.NEGATIVE_INFINITY) return;
    const failed = this.atMs - this.raisedMs <= Math.max(this.policy.trialMs, this.waitMs);
    this.failures = failed ? this.failures + 1 : 0;
    this.raisedMs = Number.NEGATIVE_INFINITY;
  }

  protected raise(): void {
    this.most++;
    this.changedMs = this.raisedMs = this.atMs;
    this.enoughSinceMs = null;
  }

  /** All who talk are sent, and there is room: nothing is limited any more, once that has lasted. */
  protected forget(): void {
    if (this.atMs - this.changedMs < this.waitMs) return;
    this.most = Number.POSITIVE_INFINITY;
    this.changedMs = this.atMs;
  }

  protected mayRise(): boolean {
    return this.atMs - this.changedMs >= this.policy.quietMs && this.atMs - this.loweredMs >= this.waitMs;
  }

  protected get waitMs(): number {
    const { quietMs, waitsMs } = this.policy;
    return this.failures === 0 ? quietMs : (waitsMs[Math.min(this.failures, waitsMs.length) - 1] ?? quietMs);
  }
}
