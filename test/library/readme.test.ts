import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the example in the README is the test that is run', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(readFileSync('test/library/our-lock.test.ts', 'utf8'));
});
