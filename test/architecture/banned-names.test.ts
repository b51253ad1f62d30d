import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { codeOf, sourceFiles } from './source-files.js';

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly instead: string;
  /** Files for which the rule does not hold, with the reason. */
  readonly except?: RegExp;
}

/** The world: where everything must come from the seed. */
const world: readonly Rule[] = [
  { name: 'Date.now', pattern: /\bDate\.now\b/, instead: 'host.nowMs() or sim.nowUs' },
  { name: 'new Date()', pattern: /\bnew Date\(\s*\)/, instead: 'host.nowMs()' },
  { name: 'Math.random', pattern: /\bMath\.random\b/, instead: 'a labelled stream of Choices' },
  {
    name: 'Math.pow and **',
    pattern: /\bMath\.pow\b|[\w)\]]\s*\*\*=?\s*[\w(]/,
    instead: 'multiplication: the last digit differs between versions of Node',
  },
  {
    name: 'timers',
    pattern: /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\s*\(/,
    instead: 'sim.after or host.after',
  },
  { name: 'performance.now', pattern: /\bperformance\.now\b/, instead: 'sim.nowUs' },
  { name: 'process.hrtime', pattern: /\bprocess\.hrtime\b/, instead: 'sim.nowUs' },
  {
    name: 'random UUIDs and values',
    pattern: /\b(?:randomUUID|getRandomValues|randomBytes|randomInt)\b/,
    instead: 'a labelled stream of Choices',
  },
  {
    name: 'locale-dependent order',
    pattern: /\.localeCompare\(|\btoLocale\w*\(/,
    instead: "comparison with <: the locale is the machine's",
  },
];

const everywhere: readonly Rule[] = [
  { name: 'any', pattern: /(?::|\bas|<)\s*any\b/, instead: 'unknown, or the type' },
  { name: 'default exports', pattern: /^\s*export default\b/m, instead: 'a named export' },
  { name: 'paths of a machine', pattern: /\/(?:work|home|Users|root)\//, instead: 'a relative path' },
];

/** V8 makes these among the old objects, since their owners usually live long. A world does not: they would keep it until the next full collection. */
const longLived: readonly Rule[] = [
  {
    name: 'closures assigned to a property',
    pattern: /[\w\])!]\.\w+\s*=\s*(?:async\s*)?(?:function\b|(?:\([^()]*\)|\w+)(?:\s*:\s*[\w<>[\] |]+)?\s*=>)/,
    instead: 'a constant that is assigned, an object around it, or a parameter of the constructor',
    // once a process
    except: /fengari/,
  },
  {
    name: 'accessors in object literals',
    pattern: /^ {4,}(?:get|set) \w+\(/,
    instead: 'a class',
    // for scripts that the compiler hands over: one in a million
    except: /script-engine/,
  },
];

function offences(files: readonly string[], rule: Rule, code: (text: string) => string): string[] {
  return files.flatMap((file) => {
    if (rule.except?.test(file)) return [];
    return code(readFileSync(file, 'utf8'))
      .split('\n')
      .flatMap((line, index) =>
        rule.pattern.test(line) ? [`${file}:${index + 1}: ${rule.name}; use ${rule.instead}`] : [],
      );
  });
}

describe('nothing in the world comes from outside the seed', () => {
  // The kernel's guard and the real clock need the real ones; the command line stands outside the world.
  const files = sourceFiles(['core', 'sim', 'scenarios']).filter((file) => !/^sim\/(kernel|cli)\//.test(file));
  test.each(world.map((rule) => [rule.name, rule] as const))('no %s', (_, rule) => {
    expect(offences(files, rule, codeOf)).toEqual([]);
  });

  test('the kernel and the command line use no ** either', () => {
    const rule = world.find(({ name }) => name.startsWith('Math.pow')) as Rule;
    expect(offences(sourceFiles(['sim/kernel', 'sim/cli', 'reports']), rule, codeOf)).toEqual([]);
  });
});

describe('nothing outlives its world', () => {
  const files = sourceFiles(['core', 'sim']).filter((file) => !file.startsWith('sim/cli/'));
  test.each(longLived.map((rule) => [rule.name, rule] as const))('no %s', (_, rule) => {
    expect(offences(files, rule, codeOf)).toEqual([]);
  });
});

describe('everywhere', () => {
  const files = sourceFiles(['core', 'sim', 'scenarios', 'reports', 'test']).filter(
    (file) => !file.startsWith('test/architecture/'),
  );
  test.each(everywhere.map((rule) => [rule.name, rule] as const))('no %s', (_, rule) => {
    expect(offences(files, rule, rule.name === 'paths of a machine' ? (text) => text : codeOf)).toEqual([]);
  });

  test('no file is longer than 500 lines', () => {
    const long = files.flatMap((file) => {
      const lines = readFileSync(file, 'utf8').split('\n').length;
      return lines > 500 ? [`${file}: ${lines}`] : [];
    });
    expect(long).toEqual([]);
  });

  test('the scanner sees code and not words', () => {
    expect(codeOf("const a = 'Date.now'; // Date.now\n/* Math.random */ b")).not.toMatch(/Date|Math/);
    expect(codeOf('Date.now()')).toBe('Date.now()');
  });
});
