import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { type GateResult, type GateRun, gateRunSchema } from '../../../reports/gate/index.js';
import { DeadairError } from '../../errors.js';

/** What a gate's runs must have in common to stand in one result. */
export interface GateIdentity {
  readonly deadairVersion: string;
  readonly suite: string;
  /** `2/4`, or `1/1`. */
  readonly shard: string;
}

/** Runs as they end, one a line beside the result file: what is left of a gate that was killed. */
export class GateJournal {
  private file: number | null;

  /**
   * @param out the result file
   * @param kept runs of before
   */
  constructor(
    private readonly out: string,
    identity: GateIdentity,
    kept: readonly GateRun[],
  ) {
    this.file = attempt(out, () => openSync(journalOf(out), 'w'));
    this.line(identity);
    for (const run of kept) this.line(run);
  }

  /**
   * Keeps a run.
   * @throws DeadairError `output.unwritable`
   */
  add(run: GateRun): void {
    this.line(run);
  }

  /** The result file is written: nothing else is needed. */
  finish(): void {
    this.close();
    rmSync(journalOf(this.out), { force: true });
  }

  /** It ends here, and the journal stays. */
  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  private line(value: object): void {
    const { file } = this;
    if (file === null) return;
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    attempt(this.out, () => {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    });
  }
}

/** @throws DeadairError `output.unwritable` instead of what the file system says */
function attempt<T>(out: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const advice =
      code === 'EISDIR' || code === 'EACCES'
        ? 'remove it or choose another --out'
        : 'make room and go on with --resume';
    throw new DeadairError('output.unwritable', `--out ${journalOf(out)} cannot be written (${code}); ${advice}`);
  }
}

/** Where the runs of a gate stand until it has ended. */
export function journalOf(out: string): string {
  return `${out}.partial`;
}

/** A gate that was broken off has left runs there. */
export function hasJournal(out: string): boolean {
  return existsSync(journalOf(out));
}

/**
 * What a journal holds: whose runs, and the runs; a line that was cut off is left out. null: it holds nothing.
 * @throws DeadairError `gate.resume` when it is damaged
 */
export function readJournal(
  out: string,
): { readonly identity: GateIdentity; readonly runs: readonly GateRun[] } | null {
  const path = journalOf(out);
  const lines = read(path).split('\n').slice(0, -1);
  try {
    const [identity, ...runs] = lines.map((line) => JSON.parse(line) as unknown);
    if (identity === undefined) return null;
    return { identity: identity as GateIdentity, runs: runs.map((run) => gateRunSchema.parse(run)) };
  } catch {
    throw new DeadairError('gate.resume', `--resume: ${path} is damaged; remove it and leave --resume out`);
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new DeadairError(
      'gate.resume',
      `--resume: ${path} cannot be read (${code}); remove it and leave --resume out`,
    );
  }
}

/** The identity of a result. */
export function identityOf({
  deadairVersion,
  suite,
  shard,
}: Pick<GateResult, 'deadairVersion' | 'suite' | 'shard'>): GateIdentity {
  return { deadairVersion, suite: suite.hash, shard: shard === undefined ? '1/1' : `${shard.index}/${shard.of}` };
}
