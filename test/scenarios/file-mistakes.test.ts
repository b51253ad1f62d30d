import { expect, test } from 'vitest';
import { checkWritable } from '../../reports/index.js';
import { didYouMean } from '../../sim/scenario/index.js';
import { readYaml } from '../../sim/scenario/read-yaml.js';

/** Each line has the one before it nine times. */
const aliases = ['a: &a [x]', ...[...'bcdefgh'].map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9)}]`)];

test.each([
  ['name: a\n---\nname: b\n', 'x.yaml:2:1: there is a second document (---) here; a file holds one'],
  ['name: a\nname: b\n', 'x.yaml:2:1: this key is there already; each may stand once'],
  ['n\0a\0m\0e\0', 'x.yaml is no text in UTF-8; save it as UTF-8 (not UTF-16)'],
  [aliases.join('\n'), 'x.yaml: has too many aliases (*name); write values out'],
])('a mistake in a file is told in words for its author: %j', (text, message) => {
  expect(() => readYaml(text, 'x.yaml')).toThrow(message);
});

test('a rule file is not told to be a scenario', () => {
  expect(() => readYaml('', 'x.yml', 'rule file')).toThrow(
    'x.yml:1:1: a rule file is a group of fields such as "groups:"',
  );
});

test('what several faults share can be written once', () => {
  const { value } = readYaml('faults:\n  - &f { kind: backend-crash, atS: 1 }\n  - { <<: *f, atS: 3 }\n', 'x.yaml');
  expect(value).toEqual({
    faults: [
      { kind: 'backend-crash', atS: 1 },
      { kind: 'backend-crash', atS: 3 },
    ],
  });
});

test('of a name of three letters one may differ, or two have changed places; more is another name', () => {
  const known = ['mos', 'lost_joins'];
  expect(didYouMean('foo', known)).toBe('; known: mos, lost_joins');
  for (const name of ['mox', 'mso', 'MOS']) expect(didYouMean(name, known)).toBe('; did you mean "mos"?');
  expect(didYouMean('sruw', ['surw', 'pos'])).toBe('; did you mean "surw"?');
});

test('a dash is no file name', async () => {
  expect(await checkWritable('-')).toBe('is no file name here; name a file, or /dev/stdout');
});
