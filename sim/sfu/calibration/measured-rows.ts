import { DeadairError } from '../../errors.js';

/** One measurement of an SFU node under load. */
export interface MeasuredRow {
  readonly name: string;
  /** Cores of the machine. */
  readonly cores: number;
  readonly packetsInPerS: number;
  readonly packetsOutPerS: number;
  readonly participants: number | null;
  readonly routers: number | null;
  /** Share of all cores, 0..1. */
  readonly cpuShare: number;
  readonly memoryMB: number | null;
  /** Kept to check the fit. */
  readonly holdOut: boolean;
}

/** The columns, and what they hold: the help of `deadair calibrate`. */
export const COLUMNS = {
  name: 'what to call the row',
  cores: 'cores (vCPU) of the machine',
  packetsInPerS: 'packets that arrive a second',
  packetsOutPerS: 'packets that are sent a second',
  mbpsIn: 'instead of packetsInPerS, with packetBytes: Mbit/s that arrive',
  mbpsOut: 'instead of packetsOutPerS, with packetBytes: Mbit/s that are sent',
  packetBytes: 'mean size of a packet',
  cpuShare: 'share of all cores in use, 0 to 1',
  memoryMB: 'memory in use (may be empty)',
  participants: 'participants (may be empty; then the row says nothing of memory)',
  routers: 'rooms (may be empty)',
  holdOut: 'yes: not used for the fit, but to check it (may be empty)',
} as const;

type Column = keyof typeof COLUMNS;

interface Cell {
  readonly text: string;
  /** Of its first character, from 1. */
  readonly column: number;
}

/**
 * Reads rows from CSV: a header with {@link COLUMNS} in any order, then one row a line. Empty lines and those that begin with # are left out;
 * cells may be quoted.
 * @param file its name, for messages
 * @throws DeadairError `calibrate.csv` with line and column
 */
export function readMeasuredRows(text: string, file: string): MeasuredRow[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  const first = lines[0];
  if (first === undefined) throw wrong(file, 1, 1, 'the file is empty; write a header and a row for each measurement');
  const header = cellsOf(first.line, file, first.number);
  const places = new Map<Column, number>();
  header.forEach(({ text: name, column }, index) => {
    if (!Object.hasOwn(COLUMNS, name)) {
      throw wrong(
        file,
        first.number,
        column,
        `there is no column "${name}"; known are ${Object.keys(COLUMNS).join(', ')}`,
      );
    }
    if (places.has(name as Column)) throw wrong(file, first.number, column, `column ${name} is there twice`);
    places.set(name as Column, index);
  });
  const has = (...names: Column[]) => names.every((name) => places.has(name));
  for (const name of ['cores', 'cpuShare'] as const)
    if (!has(name)) throw wrong(file, first.number, 1, `column ${name} is missing`);
  for (const [packets, mbps] of [
    ['packetsInPerS', 'mbpsIn'],
    ['packetsOutPerS', 'mbpsOut'],
  ] as const)
    if (!has(packets) && !has(mbps, 'packetBytes'))
      throw wrong(file, first.number, 1, `column ${packets} is missing (or ${mbps} and packetBytes)`);
  const rows = lines
    .slice(1)
    .map(({ line, number }) => rowOf(new Row(file, number, cellsOf(line, file, number), header, places)));
  if (rows.length === 0) throw wrong(file, first.number, 1, 'there is only a header; write a row for each measurement');
  return rows;
}

function rowOf(row: Row): MeasuredRow {
  const rate = (packets: Column, mbps: Column): number => {
    const given = row.number(packets);
    if (given !== null) return given;
    const [mbit, bytes] = [row.number(mbps), row.number('packetBytes')];
    if (mbit === null) throw row.wrong(row.has(packets) ? packets : mbps, 'is missing');
    if (bytes === null || bytes === 0) throw row.wrong('packetBytes', `must be above 0 to make packets of ${mbps}`);
    return (mbit * 1e6) / 8 / bytes;
  };
  const cores = row.needed('cores');
  if (cores === 0) throw row.wrong('cores', 'must be above 0');
  const cpuShare = row.needed('cpuShare');
  if (cpuShare > 1.5) throw row.wrong('cpuShare', `is a share from 0 to 1, not ${cpuShare}; write 0.47 for 47 %`);
  return {
    name: row.text('name') || `line ${row.line}`,
    cores,
    packetsInPerS: rate('packetsInPerS', 'mbpsIn'),
    packetsOutPerS: rate('packetsOutPerS', 'mbpsOut'),
    participants: row.number('participants'),
    routers: row.number('routers'),
    cpuShare,
    memoryMB: row.number('memoryMB'),
    holdOut: row.yes('holdOut'),
  };
}

class Row {
  constructor(
    private readonly file: string,
    readonly line: number,
    private readonly cells: readonly Cell[],
    header: readonly Cell[],
    private readonly places: ReadonlyMap<Column, number>,
  ) {
    if (cells.length !== header.length) {
      const { column } = cells.at(-1) as Cell;
      throw wrong(file, line, column, `has ${cells.length} cells, the header has ${header.length}`);
    }
  }

  has(name: Column): boolean {
    return this.places.has(name);
  }

  text(name: Column): string {
    const place = this.places.get(name);
    return place === undefined ? '' : (this.cells[place] as Cell).text;
  }

  /** 0 or more; null: empty, or no such column. */
  number(name: Column): number | null {
    const text = this.text(name);
    if (text === '') return null;
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0) throw this.wrong(name, `must be a number from 0, not "${text}"`);
    return value;
  }

  needed(name: Column): number {
    const value = this.number(name);
    if (value === null) throw this.wrong(name, 'is missing');
    return value;
  }

  yes(name: Column): boolean {
    const text = this.text(name).toLowerCase();
    if (!['', 'yes', 'no', 'true', 'false', '1', '0'].includes(text)) {
      throw this.wrong(name, `must be yes or empty, not "${this.text(name)}"`);
    }
    return ['yes', 'true', '1'].includes(text);
  }

  wrong(name: Column, problem: string): DeadairError {
    const column = this.cells[this.places.get(name) ?? 0]?.column ?? 1;
    return wrong(this.file, this.line, column, `${name} ${problem}`);
  }
}

function wrong(file: string, line: number, column: number, problem: string): DeadairError {
  return new DeadairError('calibrate.csv', `${file}:${line}:${column}: ${problem}`);
}

function cellsOf(line: string, file: string, number: number): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  for (;;) {
    const column = at + 1;
    if (line[at] === '"') {
      let text = '';
      let end = at + 1;
      for (; line[end] !== '"' || line[end + 1] === '"'; end++) {
        if (end >= line.length) throw wrong(file, number, column, 'a quote is not closed');
        if (line[end] === '"') end++;
        text += line[end];
      }
      cells.push({ text: text.trim(), column });
      at = end + 1;
      if (at < line.length && line[at] !== ',') throw wrong(file, number, at + 1, 'expected a comma after the quote');
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      cells.push({ text: line.slice(at, end).trim(), column });
      at = end;
    }
    if (at >= line.length) return cells;
    at++;
  }
}
