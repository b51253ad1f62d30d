import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './source-files.js';

interface Import {
  readonly from: string;
  /** Path in the repository, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

const imports: Import[] = sourceFiles(['core', 'sim', 'reports', 'scenarios']).flatMap((from) =>
  [...readFileSync(from, 'utf8').matchAll(IMPORT)].map((match) => {
    const target = (match[2] ?? match[3]) as string;
    const to = target.startsWith('.') ? normalize(join(dirname(from), target)) : target;
    return { from, to, typeOnly: match[1] !== undefined };
  }),
);

const offences = (rule: (item: Import) => boolean) => imports.filter(rule).map(({ from, to }) => `${from} -> ${to}`);
const local = (to: string) => /^(core|sim|reports|scenarios|test)\//.test(to);

describe('arrows between the folders run one way', () => {
  test('imports are found at all', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  test('the core imports nothing but itself and a few libraries', () => {
    const libraries = /^(xstate|zod|werift|fast-jwt|@noble\/hashes\/.*)$/;
    expect(
      offences(({ from, to }) => from.startsWith('core/') && !to.startsWith('core/') && !libraries.test(to)),
    ).toEqual([]);
  });

  test('werift takes long to load: only the files that make and read bytes do it', () => {
    const bytes = /^(core\/media\/wire|core\/sfu\/sdp|sim\/media\/pcap)\//;
    expect(offences(({ from, to, typeOnly }) => to === 'werift' && !typeOnly && !bytes.test(from))).toEqual([]);
  });

  test('sim imports no scenarios, and of reports only types; sim/cli and sim/library may', () => {
    const own = (from: string) => /^sim\/(?!cli\/|library\/)/.test(from);
    expect(offences(({ from, to }) => own(from) && to.startsWith('scenarios/'))).toEqual([]);
    expect(offences(({ from, to, typeOnly }) => own(from) && to.startsWith('reports/') && !typeOnly)).toEqual([]);
  });

  test.each(['sim/cli/', 'sim/library/'])('nobody imports %s', (top) => {
    expect(offences(({ from, to }) => !from.startsWith(top) && to.startsWith(top))).toEqual([]);
  });

  test('reports stand alone', () => {
    expect(offences(({ from, to }) => from.startsWith('reports/') && local(to) && !to.startsWith('reports/'))).toEqual(
      [],
    );
  });

  test('nothing imports tests', () => {
    expect(offences(({ to }) => to.startsWith('test/'))).toEqual([]);
  });

  test('oracles do not look into what they judge', () => {
    const inside = /^(core\/(?!(protocol|ports|policy)\.)|scenarios\/)/;
    expect(
      offences(({ from, to, typeOnly }) => from.startsWith('sim/oracles/') && inside.test(to) && !typeOnly),
    ).toEqual([]);
  });
});
