import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkWritable, readResult, renderJson, writeAtomically } from '../../reports/index.js';
import { parseResult, ResultFileError } from '../../reports/read-result.js';
import { emptyResult, fixtureResult } from './result-fixture.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deadair-'));
});
afterAll(() => rm(folder, { recursive: true }));

const problemOf = (text: string): string => {
  try {
    parseResult(text, 'r.json');
  } catch (error) {
    expect(error).toBeInstanceOf(ResultFileError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('was accepted');
};

describe('a result file', () => {
  test.each([
    ['full', fixtureResult()],
    ['empty', emptyResult()],
  ])('comes back as it was written (%s)', async (name, result) => {
    const path = join(folder, `${name}.json`);
    await writeAtomically(path, renderJson(result));
    expect(await readResult(path)).toEqual(result);
  });

  test('that breaks off anywhere is refused in one line', () => {
    const text = renderJson(fixtureResult());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length - 3 }), (length) => {
        expect(problemOf(text.slice(0, length))).toMatch(
          /^r\.json (breaks off in the middle|is not JSON); write it again/,
        );
      }),
    );
  });

  test.each([
    ['', 'r.json is empty'],
    ['hello', 'r.json is not JSON'],
    ['{}', 'r.json is no deadair result: schemaVersion is missing'],
    ['null', 'r.json is no deadair result'],
    ['[1]', 'r.json is no deadair result'],
    ['{"schemaVersion": 2}', 'r.json has schemaVersion 2, this deadair reads 1'],
    ['{"schemaVersion": 1}', 'r.json: deadairVersion: '],
    ['{"schemaVersion": 1, "scenario": "x"}', 'r.json is what --json prints, without the figures that a page needs'],
  ])('%j is refused', (text, message) => {
    expect(problemOf(text)).toContain(message);
  });

  test('of an interrupted run, written when its verdict was still "pass", is read as interrupted', () => {
    const text = renderJson({ ...emptyResult(), verdict: 'pass', interrupted: true });
    expect(parseResult(text, 'r.json').verdict).toBe('interrupted');
  });

  test('the field that is wrong is named', () => {
    const metrics = { join_latency_ms: { kind: 'histogram', unit: 'ms', count: 'many' } };
    expect(problemOf(JSON.stringify({ ...fixtureResult(), metrics }))).toContain('metrics.join_latency_ms.count: ');
    expect(problemOf(JSON.stringify({ ...fixtureResult(), verdict: 'good' }))).toContain('verdict: ');
  });

  test('that is not there is named', async () => {
    await expect(readResult(join(folder, 'no.json'))).rejects.toThrow('no.json does not exist; check the path');
    await expect(readResult(folder)).rejects.toThrow('cannot be read (EISDIR)');
  });
});

describe('writing', () => {
  test('replaces a file as a whole and leaves nothing beside it', async () => {
    const path = join(folder, 'whole.txt');
    await writeFile(path, 'old');
    await writeAtomically(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('what cannot be written is known before', async () => {
    expect(await checkWritable(join(folder, 'new.html'))).toBeNull();
    expect(await checkWritable(join(folder, 'no', 'new.html'))).toContain('the directory');
    expect(await checkWritable(folder)).toBe('is a directory; name a file in it');
    await writeFile(join(folder, 'plain'), '');
    expect(await checkWritable(join(folder, 'plain', 'new.html'))).toContain('is not a directory');
    expect(await checkWritable('/proc/new.html')).toContain('cannot be written');
    expect(await checkWritable('/dev/null')).toBeNull();
  });
});
