import type { Clock } from '../ports.js';
import type { CallDesk } from './call-desk.js';
import { CallUnavailable } from './call-desk.js';
import { CallDraft, type CallReading, type Keeping } from './call-draft.js';
import type { CallOutcome, CallRules } from './call-rules.js';
import type { CallQuery, CallStore } from './call-store.js';

/** Another backend keeps the call: it alone may decide. Nothing was changed. */
export class CallKept extends Error {
  constructor(
    readonly callId: string,
    readonly keeper: string,
    readonly untilMs: number,
    readonly lapsed: boolean,
  ) {
    super(`call ${callId} is kept by ${keeper}`);
    this.name = 'CallKept';
  }
}

/** A change of a call that is kept here was begun outside of the call's line: it has to be made again, inside. */
class OutOfLine extends Error {
  constructor(readonly callId: string) {
    super(`call ${callId} is kept here`);
    this.name = 'OutOfLine';
  }
}

/** What {@link CallKeeper} works with. */
export interface CallKeeperParts {
  readonly keeping: Keeping;
  readonly store: CallStore;
  readonly rules: CallRules;
  readonly clock: Clock;
  /** A call has been accepted without Redis: shows those who are here. */
  readonly onAccepted: (draft: CallDraft) => void;
}

/** A call that is kept here. */
interface Line {
  readonly callId: string;
  /** What was begun last for the call; the next begins when that is over. */
  tail: Promise<unknown>;
  /** Its first word has been written, or not: those who wait may go on. */
  readonly written: () => void;
  /** As written last; null: not yet. */
  reading: CallReading | null;
  /** By the host's clock: when it was read. */
  readMs: number;
  /** By the host's clock: until then it may be accepted without Redis. */
  untilMs: number;
  /** A write of which nobody knows whether it was done may still come. */
  doubt: boolean;
  /** Accepted without Redis, and not written yet. */
  accepted: Acceptance | null;
}

interface Acceptance {
  readonly userId: string;
  readonly draft: CallDraft;
  /** By Redis' clock, as far as known. */
  readonly atMs: number;
}

/**
 * Calls that this backend keeps, so that they can be accepted while Redis is away (E5).
 *
 * The backend of the caller writes its instance into a call when it lets it ring. From then on every other backend hands on to it what would change the
 * call, so that one process decides, one thing after the other. When Redis cannot be reached it may let one of its own people accept, in memory, until
 * `holdMs` after it was last heard, unless a write is under way of which it does not know the outcome; it is written down, by compare and swap,
 * before anything else is done with the call. Everything else waits for Redis.
 *
 * Others take nothing over. When the keeper has been silent for twice as long they may end the call as `lost`, which says of nobody that the call was missed
 * or is somebody else's: so it does not matter for safety whose clock is right, or when a pause ends.
 */
export class CallKeeper {
  protected readonly lines = new Map<string, Line>();
  /** By the host's clock: before that, silence of others may only mean that Redis was away. */
  protected steadyMs = 0;
  protected desk!: CallDesk;

  constructor(protected readonly parts: CallKeeperParts) {}

  /** The desk through which this keeper writes, which in turn asks it before it writes. */
  use(desk: CallDesk): void {
    this.desk = desk;
  }

  get keeping(): Keeping {
    return this.parts.keeping;
  }

  /** Changes a call, in its line if it is kept here. @throws CallKept when another backend has to decide */
  change<T>(query: CallQuery, operation: (draft: CallDraft) => T): Promise<T> {
    return this.attempt(query.callId, (line) =>
      line === null ? this.desk.change(query, operation) : this.written(line, query, operation),
    );
  }

  /** One who is connected here accepts: through Redis, or in memory when that is away. */
  accept<T>(
    query: CallQuery,
    operation: (draft: CallDraft) => T,
    userId: string,
    sessionId: string,
  ): Promise<{ readonly through: T } | { readonly outcome: CallOutcome; readonly draft: CallDraft }> {
    return this.attempt(query.callId, async (line) => {
      if (line === null) return { through: await this.desk.change(query, operation) };
      try {
        return { through: await this.written(line, query, operation) };
      } catch (error) {
        if (!(error instanceof CallUnavailable) || error.code !== 'store-unavailable') throw error;
        const outcome = this.acceptWithoutStore(line, userId, sessionId);
        if (outcome === null || line.accepted === null) throw error;
        return { outcome, draft: line.accepted.draft };
      }
    });
  }

  /** Does something with a call, in its line if there is one; again, when it turns out that it has to be done elsewhere. */
  protected async attempt<T>(callId: string, work: (line: Line | null) => Promise<T>): Promise<T> {
    let line = this.lines.get(callId);
    for (;;) {
      try {
        return line === undefined ? await work(null) : await this.inLine(line, work);
      } catch (error) {
        if (error instanceof OutOfLine) line = this.lines.get(error.callId);
        else if (error instanceof CallKept && error.lapsed && this.parts.clock.nowMs() >= this.steadyMs)
          await this.desk.change({ callId: error.callId }, (draft) => this.parts.rules.lapse(draft));
        else throw error;
      }
    }
  }

  /** Null: it must not be decided now. */
  protected acceptWithoutStore(line: Line, userId: string, sessionId: string): CallOutcome | null {
    const { keeping, clock, rules, onAccepted } = this.parts;
    // whoever was in the line before has ended it
    if (this.lines.get(line.callId) !== line) return null;
    if (line.accepted !== null) return line.accepted.userId === userId ? 'done' : 'taken';
    const { reading } = line;
    const nowMs = clock.nowMs();
    if (reading === null || reading.call === null || line.doubt || nowMs >= line.untilMs) return null;
    // whom nobody can tell is not brought together
    if (!keeping.isHere(reading.call.caller) || !keeping.isHere(userId)) return null;
    const atMs = reading.nowMs + Math.max(0, nowMs - line.readMs);
    const draft = new CallDraft(new CallDraft(reading).snapshot(), keeping);
    if (rules.accept(draft, userId, sessionId) !== 'done') return null;
    // just above what is known: whatever is written later is newer
    for (const person of draft.touched) person.version++;
    line.accepted = { userId, draft, atMs };
    onAccepted(draft);
    return 'done';
  }

  /** Makes a change in the line: what was accepted without Redis is written before. */
  protected async written<T>(line: Line, query: CallQuery, operation: (draft: CallDraft) => T): Promise<T> {
    await this.writeDown(line);
    return this.desk.change(query, operation, line);
  }

  protected async writeDown(line: Line): Promise<void> {
    const { accepted, callId } = line;
    if (accepted === null) return;
    const { userId, atMs } = accepted;
    const { rules } = this.parts;
    // nobody else can have changed it, but for having ended it as lost: then the two are shown that
    await this.desk.change({ callId, users: [userId] }, (draft) => rules.acceptedBefore(draft, userId, atMs), line);
    line.accepted = null;
    this.forget(line);
  }

  protected forget(line: Line): void {
    if (this.lines.get(line.callId) === line) this.lines.delete(line.callId);
  }

  /** One after the other. */
  protected inLine<T>(line: Line, work: (line: Line) => Promise<T>): Promise<T> {
    const next = line.tail.then(() => work(line));
    line.tail = next.catch(() => undefined);
    return next;
  }

  /** Before a tick: writes what was accepted while Redis was away. */
  async settle(): Promise<void> {
    for (const line of [...this.lines.values()])
      if (line.accepted !== null) await this.inLine(line, (each) => this.writeDown(each));
  }

  /** After a tick: says of the calls that are kept here that they still are. */
  async hold(): Promise<void> {
    const { keeping, store, clock } = this.parts;
    const lines = [...this.lines.values()].filter(({ accepted, reading }) => accepted === null && reading !== null);
    if (lines.length === 0) return;
    const saidMs = clock.nowMs();
    const callIds = lines.map(({ callId }) => callId);
    const held = await store.holdOn(callIds, keeping.instance, 2 * keeping.holdMs);
    for (const [index, line] of lines.entries())
      line.untilMs = held[index] ? Math.max(line.untilMs, saidMs + keeping.holdMs) : 0;
  }

  /** The backend could not tick. */
  tickFailed(): void {
    this.steadyMs = this.parts.clock.nowMs() + this.parts.keeping.holdMs;
  }

  // asked by the desk

  /** A draft is about to be written. @param inLine the line in which that is done, if any */
  beforeWrite(draft: CallDraft, inLine: object | null): void {
    const { call, keptBy, keptUntilMs, nowMs } = draft;
    if (call === null || !draft.callChanged) return;
    const { instance } = this.parts.keeping;
    if (keptBy !== '' && keptBy !== instance) {
      const lapsed = keptUntilMs <= nowMs;
      if (lapsed && call.state === 'lost') return;
      throw new CallKept(call.id, keptBy, keptUntilMs, lapsed);
    }
    const line = this.lines.get(call.id);
    const saidMs = this.parts.clock.nowMs();
    if (line !== undefined) {
      if (inLine !== line) throw new OutOfLine(call.id);
      line.readMs = saidMs;
    } else if (call.keeper === instance) this.begin(call.id, saidMs);
  }

  /** From before the first word of it is written: whatever comes then waits until that is done. */
  protected begin(callId: string, readMs: number): void {
    let written = (): void => undefined;
    const tail = new Promise<void>((resolve) => {
      written = resolve;
    });
    const line: Line = { callId, tail, written, reading: null, readMs, untilMs: 0, doubt: false, accepted: null };
    this.lines.set(callId, line);
  }

  /** @param outcome what became of the draft: written, refused because something had changed, or nobody knows */
  afterWrite(draft: CallDraft, outcome: 'written' | 'refused' | 'unknown'): void {
    const { call } = draft;
    const line = call === null ? undefined : this.lines.get(call.id);
    if (call === null || line === undefined || !draft.callChanged) return;
    const { keeping } = this.parts;
    if (outcome === 'written' && call.keeper === keeping.instance) {
      line.reading = draft.snapshot();
      if (call.keptUntilMs !== draft.keptUntilMs) line.untilMs = line.readMs + keeping.holdMs;
      line.doubt = false;
    } else if (outcome === 'written' || line.reading === null) this.forget(line);
    else if (outcome === 'unknown') line.doubt = true;
    line.written();
  }
}
