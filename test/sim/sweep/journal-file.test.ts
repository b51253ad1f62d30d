import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JournalFile } from '../../../sim/cli/sweep/journal-file.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deadair-journal-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a journal begins with its first point: before, there is nothing that another command would meet', () => {
  const path = join(folder, 'a.journal');
  new JournalFile(path, { '--load': 'foo' }).close();
  expect(existsSync(path)).toBe(false);
  const first = new JournalFile<number>(path, { '--load': 'clients' });
  first.add({ key: 'a', value: 1 });
  first.add({ key: 'b', value: 2 });
  first.close();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  expect(() => new JournalFile(path, { '--load': 'foo' })).toThrow('--load is clients there and foo here');
  const second = new JournalFile<number>(path, { '--load': 'clients' });
  second.add({ key: 'c', value: 3 });
  second.close();
  const third = new JournalFile<number>(path, { '--load': 'clients' });
  expect([...third.found]).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  third.remove();
  expect(existsSync(path)).toBe(false);
});
