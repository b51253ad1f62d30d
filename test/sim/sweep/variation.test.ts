import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeadairError } from '../../../sim/errors.js';
import { resolveScenario } from '../../../sim/scenario/index.js';
import { linkedValue, parseLink } from '../../../sim/sweep/link.js';
import { levelOverrides, loadSettingOf, parseLoad } from '../../../sim/sweep/load.js';
import { refuseLost, settingsOf } from '../../../sim/sweep/setting.js';
import { thresholdLinks } from '../../../sim/sweep/threshold-links.js';
import { parseVariation } from '../../../sim/sweep/variation.js';

describe('--vary', () => {
  test.each([
    ['a.b=4..7', ['4', '5', '6', '7']],
    ['a.b=0..10:4', ['0', '4', '8']],
    ['a.b=0.1..0.5:0.1', ['0.1', '0.2', '0.3', '0.4', '0.5']],
    ['a.b=-1..1:0.5', ['-1', '-0.5', '0', '0.5', '1']],
    ['a.b=2..4,8,16..32:16', ['2', '3', '4', '8', '16', '32']],
    ['a.b=channels, calls', ['channels', 'calls']],
    ['a={wifi: 1, 3g: 2},{wifi: 1}', ['{wifi: 1, 3g: 2}', '{wifi: 1}']],
    ["a='x,y',[1,2]", ["'x,y'", '[1,2]']],
    ['a=5', ['5']],
  ])('%s', (text, values) => {
    expect(parseVariation(text).values).toEqual(values);
  });

  test.each([
    ['policy.enableThreshold', 'write for example'],
    ['=4..5', 'write for example'],
    [' =4..5', 'write for example'],
    ['a=', 'a value is missing'],
    ['a=1,,2', 'a value is missing'],
    ['a=1..5:0', 'a step must be above 0'],
    ['a=1...5', 'is no range'],
    ['a=5..1', '5..1 runs downwards; write 1..5'],
    ['a=1..', 'is no range'],
    ['a=1..3,2', '2 is there twice'],
    ['a=1..1000000', 'more than 10000 values'],
    ['a=1..2:0.0000000000000000001', 'too many digits'],
  ])('%s is refused', (text, message) => {
    expect(() => parseVariation(text)).toThrow(message);
  });

  test('whatever is written, it is values or one error that says what to write', () => {
    const letters = fc.constantFrom('a', '.', '..', '=', '-', '1', '25', '0.5', ':', ',', '{', '}', '"', ' ', 'e');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 12 }), (parts) => {
        try {
          const { key, values } = parseVariation(parts.join(''));
          expect(key).not.toBe('');
          expect(values.length).toBeGreaterThan(0);
          expect(new Set(values).size).toBe(values.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DeadairError);
          expect((error as Error).message).toMatch(/^--vary /);
        }
      }),
    );
  });

  test('a range has both ends on its grid, evenly apart, whatever the decimals', () => {
    const tenths = fc.integer({ min: -500, max: 500 });
    fc.assert(
      fc.property(tenths, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 30 }), (from, step, count) => {
        const write = (value: number) => String(value / 10);
        const { values } = parseVariation(`k=${write(from)}..${write(from + step * count)}:${write(step)}`);
        expect(values).toEqual(Array.from({ length: count + 1 }, (_, index) => write(from + step * index)));
      }),
    );
  });
});

describe('settings', () => {
  const a = parseVariation('policy.enableThreshold=4..5');
  const b = parseVariation('population.clients=10,20');

  test('are every combination, the last variation changing fastest', () => {
    expect(settingsOf([a, b], []).map(({ values }) => values.join(' '))).toEqual(['4 10', '4 20', '5 10', '5 20']);
    expect(() => settingsOf([a, a], [])).toThrow('is given twice');
  });

  test('linked fields follow, by path or by the last word', () => {
    const link = parseLink('policy.disableThreshold=enableThreshold-3', [a.key]);
    expect(settingsOf([a], [link])[0]?.overrides).toEqual(['policy.enableThreshold=4', 'policy.disableThreshold=1']);
    expect(linkedValue(parseLink('x=policy.enableThreshold*1.1', [a.key]), '3')).toBe('3.3');
    expect(linkedValue(parseLink('x=enableThreshold/8', [a.key]), '100')).toBe('13');
    expect(() => parseLink('x=clients-3', [a.key])).toThrow('"clients" is not varied');
    expect(() => parseLink('x', [a.key])).toThrow('write for example');
    expect(() => linkedValue(link, 'many')).toThrow('is no number');
  });

  test('what is set for all of them is not lost beneath what is varied or follows', () => {
    expect(() => refuseLost(['a.b=4'], ['a.b'], [])).toThrow('--set a.b=4: --vary gives a.b its values');
    expect(() => refuseLost(['c=4'], ['a.b'], ['c'])).toThrow('--with gives c its values');
    expect(() => refuseLost(['a=4', 'a.bc=1'], ['a.b'], ['c'])).not.toThrow();
  });

  test('an enable threshold takes the disable threshold and the mesh limit along, unless they are named', () => {
    const scenario = resolveScenario({ name: 'x' });
    const links = thresholdLinks(scenario, [a.key], []);
    expect(settingsOf([parseVariation(`${a.key}=1,12`)], links).map(({ overrides }) => overrides)).toEqual([
      [`${a.key}=1`, 'policy.disableThreshold=0', 'policy.meshLimit=10'],
      [`${a.key}=12`, 'policy.disableThreshold=9', 'policy.meshLimit=12'],
    ]);
    expect(thresholdLinks(scenario, [a.key], ['policy.disableThreshold'])).toHaveLength(1);
    expect(thresholdLinks(scenario, [b.key], [])).toEqual([]);
    expect(() => settingsOf([parseVariation(`${a.key}=a,b`)], links)).toThrow(
      /^--vary policy\.enableThreshold: "a" is no/,
    );
  });
});

describe('--load and --slo', () => {
  test('a load is a field with a range, or the size of a channel', () => {
    expect(parseLoad('population.clients=10..200')).toEqual({ key: 'population.clients', min: 10, max: 200 });
    const { overrides } = loadSettingOf(parseLoad('channel-size'), [], 40);
    expect(resolveScenario({ name: 'x' }, { overrides }).population).toMatchObject({
      clients: 40,
      channels: 1,
      membersMin: 40,
      membersMax: 40,
    });
    for (const text of ['', 'a=5..2', 'a=0..5', 'a=1..']) expect(() => parseLoad(text)).toThrow('--load');
  });

  test('levels take the place of those of the same metric', () => {
    const overrides = levelOverrides(['mos: avg>4', 'join_latency_ms: p(95)<800', 'mos:min>3']);
    const own = { name: 'x', media: { fidelity: 'flow' }, expectations: { mos: ['avg>2'] } };
    expect(resolveScenario(own, { overrides }).expectations).toEqual({
      mos: ['avg>4', 'min>3'],
      join_latency_ms: ['p(95)<800'],
    });
    expect(() => levelOverrides(['p(95)<200'])).toThrow('write for example');
  });
});
