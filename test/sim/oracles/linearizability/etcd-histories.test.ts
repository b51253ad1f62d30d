import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkLinearizability, register } from '../../../../sim/oracles/linearizability/index.js';
import { parseJepsenLog } from './jepsen-log.js';

/** Histories of a real etcd recorded by Jepsen, with verdicts; they lie beside the project, or below `$DEADAIR_SHARED`. */
const folder = [process.env.DEADAIR_SHARED, '../shared']
  .filter((shared) => shared !== undefined)
  .map((shared) => resolve(shared, 'data/etcd-histories'))
  .find((each) => existsSync(join(each, 'expected.json')));

if (folder === undefined) {
  test.skip('recorded etcd histories: none in ../shared/data/etcd-histories; set DEADAIR_SHARED to the folder that has data/', () =>
    undefined);
} else {
  const expected = (
    JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as { linearizable: Record<string, boolean> }
  ).linearizable;
  const names = Object.keys(expected);

  describe('recorded etcd histories', () => {
    test('every recording has a verdict', () => {
      expect(readdirSync(folder).filter((name) => name.endsWith('.log'))).toEqual(names);
      expect(names).toHaveLength(51);
    });

    test.each(names)('%s', (name) => {
      const history = parseJepsenLog(readFileSync(join(folder, name), 'utf8'));
      const verdict = checkLinearizability(register, history);
      expect(verdict.answer).toBe(expected[name] ? 'linearizable' : 'not-linearizable');
      expect(verdict.steps).toBeLessThan(200_000);
      if (verdict.answer !== 'not-linearizable') return;
      expect(history).toContain(verdict.culprit);
      expect(verdict.explanation).toMatch(/cannot be placed/);
    });
  });
}
