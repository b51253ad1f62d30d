import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import Table from 'cli-table3';
import { DeadairError } from '../errors.js';
import { type Calibration, calibrate, type FittedQuantity, readMeasuredRows } from '../sfu/calibration/index.js';
import { type NodeProfile, nodeProfileSchema } from '../sfu/capacity/index.js';
import { checkOutputs, writeOutput } from './outputs.js';

export interface CalibrateOptions {
  readonly json?: boolean;
  readonly out?: string;
  readonly idle?: boolean;
  /** Of the profile. Default: the file's name. */
  readonly name?: string;
  readonly cores?: number;
  readonly memory?: number;
  readonly card?: number;
}

/** Memory of a machine for each core, when nothing is said: AWS c-type instances. Unit: MB. */
const MB_PER_CORE = 2_048;

/** `deadair calibrate`: what packets and people cost on a node, from measured rows. */
export async function calibrateCommand(file: string, options: CalibrateOptions): Promise<void> {
  if (options.out !== undefined) await checkOutputs([{ option: '--out', path: options.out, render: null }]);
  const rows = readMeasuredRows(await readText(file), file);
  const calibration = calibrate(rows, options.idle ?? false);
  const cores = options.cores ?? rows.reduce((most, row) => Math.max(most, row.holdOut ? 0 : row.cores), 1);
  const profile = profileOf(calibration, file, cores, options);
  if (options.out !== undefined) await writeOutput('--out', options.out, `${JSON.stringify(profile, null, 2)}\n`);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ file, ...calibration, profile }, null, 2)}\n`
      : describe(calibration, options.out),
  );
}

function profileOf(fit: Calibration, file: string, cores: number, options: CalibrateOptions): NodeProfile {
  const plain = basename(file, extname(file)).replace(/[^\w.-]+/g, '-') || 'node';
  const rounded = (value: number) => Number(value.toPrecision(6));
  const parsed = nodeProfileSchema.safeParse({
    name: options.name ?? plain,
    source: `deadair calibrate ${basename(file)}`,
    note: options.memory === undefined ? `memoryMB is ${MB_PER_CORE} a core; --memory says how much there is` : '',
    cores,
    coreUsPerPacketIn: rounded(fit.coreUsPerPacketIn),
    coreUsPerPacketOut: rounded(fit.coreUsPerPacketOut),
    idleCores: rounded(fit.idleCores),
    memoryMB: options.memory ?? cores * MB_PER_CORE,
    baseMemoryMB: rounded(fit.memory?.baseMB ?? 0),
    memoryMBPerParticipant: rounded(fit.memory?.MBPerParticipant ?? 0),
    cardMbps: options.card ?? null,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DeadairError(
    'calibrate.profile',
    `profile: ${issue?.path.join('.')} ${issue?.message}; change the option or the rows`,
  );
}

function describe({ cpu, memory, warnings, ...fit }: Calibration, out: string | undefined): string {
  const text = [
    `cores = ${fit.coreUsPerPacketIn.toFixed(2)} us x packets in/s + ${fit.coreUsPerPacketOut.toFixed(2)} us x packets out/s${
      fit.idleCores > 0 ? ` + ${fit.idleCores.toFixed(3)}` : ''
    }`,
    tableOf(cpu, 'cores', 3),
    errorsOf(cpu),
  ];
  if (memory !== null) {
    text.push(
      '',
      `memory = ${memory.baseMB.toFixed(0)} MB + ${memory.MBPerParticipant.toFixed(3)} MB x participants`,
      tableOf(memory, 'MB', 0),
      errorsOf(memory),
    );
  }
  for (const warning of warnings) text.push(`note: ${warning}`);
  if (out !== undefined) text.push(`wrote ${out}; use it with --set topology.sfuNode.profileFile=${out}`);
  return `${text.join('\n')}\n`;
}

function tableOf({ rows }: FittedQuantity, unit: string, digits: number): string {
  const table = new Table({
    head: ['row', `measured ${unit}`, 'predicted', 'error', ''],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'left'],
  });
  for (const { name, measured, predicted, error, fitted } of rows)
    table.push([
      name,
      measured.toFixed(digits),
      predicted.toFixed(digits),
      percent(error),
      fitted ? 'fitted' : 'kept to check',
    ]);
  return table.toString();
}

function errorsOf({ rmse, heldOutError, leaveOneOutError, rows }: FittedQuantity): string {
  const fitted = rows.filter((row) => row.fitted).length;
  const parts = [`residual (root mean square) ${Number(rmse.toPrecision(3))} over ${fitted} fitted rows`];
  if (heldOutError !== null)
    parts.push(`mean error on ${rows.length - fitted} kept rows ${(heldOutError * 100).toFixed(1)} %`);
  if (leaveOneOutError !== null) parts.push(`leaving out one at a time ${(leaveOneOutError * 100).toFixed(1)} %`);
  if (heldOutError === null && leaveOneOutError === null)
    parts.push('as many rows as unknowns: nothing says how good it is; measure more, or mark rows with holdOut');
  return parts.join('; ');
}

function percent(error: number | null): string {
  if (error === null) return '';
  const figure = (error * 100).toFixed(1);
  return Number(figure) === 0 ? '0.0 %' : `${error < 0 ? '' : '+'}${figure} %`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown error'})`;
    throw new DeadairError('file.unreadable', `${path} ${reason}; check the path`);
  }
}
