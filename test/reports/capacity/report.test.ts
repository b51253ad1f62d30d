import { describe, expect, test } from 'vitest';
import {
  analyse,
  capacityFileSchema,
  parseCapacityFile,
  renderCapacityCsv,
  renderCapacityHtml,
  renderCapacityJson,
  renderCapacityMarkdown,
  renderCapacityTerminal,
  spreadOf,
  standingOf,
} from '../../../reports/index.js';
import { madeUp } from './fixture.js';

const ENABLE = 'policy.enableThreshold';
const DISABLE = 'policy.disableThreshold';
const analysed = (...parts: Parameters<typeof madeUp>) => {
  const file = madeUp(...parts);
  return { ...file, analysis: analyse(file) };
};

const thresholds = analysed(
  [{ key: ENABLE, values: ['4', '6', '8', '10', '12'] }],
  [
    { values: ['4'], invalid: true },
    { values: ['6'], mos: 4.4, usd: 1_000 },
    { values: ['8'], mos: 4.39, usd: 900 },
    { values: ['10'], mos: 4.2, usd: 800 },
    { values: ['12'], mos: 3.9, usd: 700, missed: [2] },
  ],
);

describe('what the figures say', () => {
  test('a cliff is where a level held and the next value misses it; what is not valid is none', () => {
    expect(thresholds.analysis.cliffs).toEqual([{ variation: 0, at: [], held: 3, missed: 4, level: 'mos avg>4' }]);
  });

  test('a level without samples is not measured: it has not been missed, and does not hold', () => {
    const some = analysed(
      [{ key: 'a', values: ['1', '2', '3'] }],
      [{ values: ['1'], unmeasured: [1, 2] }, { values: ['2'], unmeasured: [1] }, { values: ['3'] }],
    );
    const kinds = some.settings.map((setting) => standingOf(some, setting).kind);
    expect(kinds).toEqual(['unmeasured', 'missed', 'held']);
    expect(renderCapacityTerminal(some, { color: false })).toContain('not measured: mos avg>4 (2 of 2 seeds)');
    expect(renderCapacityTerminal(some, { color: false })).not.toContain('at any setting');
    const none = analysed([{ key: 'a', values: ['1'] }], [{ values: ['1'], unmeasured: [1, 2] }]);
    for (const text of [renderCapacityTerminal(none, { color: false }), renderCapacityMarkdown(none)])
      expect(text).toContain('Not measured at any setting, so it holds nowhere: mos avg>4.');
    const outcome = {
      key: 'a',
      min: 1,
      max: 1,
      passed: null,
      failed: 1,
      exceptions: [],
      skipped: [],
      level: 'mos avg>4',
      replay: null,
    };
    const limiting = { resource: '', why: '', resources: [] };
    const searched = { ...none, kind: 'capacity' as const, capacity: { ...outcome, limiting } };
    expect(renderCapacityTerminal(searched, { color: false })).toContain('Capacity: cannot be said');
    expect(renderCapacityHtml(searched)).toContain('No capacity can be said: mos avg&gt;4 was measured at no load');
  });

  test('cliffs run along each variable', () => {
    const file = analysed(
      [
        { key: 'a', values: ['1', '2'] },
        { key: 'b', values: ['x', 'y', 'z'] },
      ],
      [
        { values: ['1', 'x'] },
        { values: ['1', 'y'] },
        { values: ['1', 'z'], missed: [1] },
        { values: ['2', 'x'] },
        { values: ['2', 'y'], missed: [1, 2] },
        { values: ['2', 'z'], missed: [1] },
      ],
    );
    expect(file.analysis.cliffs.map(({ variation, held, missed }) => [variation, held, missed])).toEqual([
      [0, 1, 4],
      [1, 1, 2],
      [1, 3, 4],
    ]);
  });

  test('the front has the settings that none beats in cost and quality, and none that misses a level', () => {
    expect(thresholds.analysis.pareto?.front).toEqual([3, 2, 1]);
    const beaten = analysed(
      [{ key: 'a', values: ['1', '2', '3'] }],
      [
        { values: ['1'], mos: 4.2, usd: 900 },
        { values: ['2'], mos: 4.3, usd: 900 },
        { values: ['3'], mos: 4.3, usd: 950 },
      ],
    );
    expect(beaten.analysis.pareto?.front).toEqual([1]);
    expect(analysed([{ key: 'a', values: ['1'] }], [{ values: ['1'] }]).analysis.pareto).toBeNull();
  });

  test('the threshold that is recommended: not beside the cliff, as good as the best, and then the cheapest', () => {
    const { setting, reasons } = thresholds.analysis.recommendation ?? { setting: null, reasons: [] };
    expect(setting).toBe(2);
    expect(reasons.join(' ')).toContain('3 of 4 valid settings meet every level on 2 seeds');
    expect(reasons.join(' ')).toContain('2 of them lie at least one step away');
    expect(reasons.join(' ')).toContain('costs least: $900 a month');
    expect(reasons.join(' ')).toContain('to the SFU at 8, back at 5; 10 changes of mode an hour');
  });

  test('full uplinks speak against a threshold, and flapping against a gap', () => {
    const values = { enable: ['6', '8'], disable: ['3', '5'] };
    const file = analysed(
      [
        { key: ENABLE, values: values.enable },
        { key: DISABLE, values: values.disable },
      ],
      [
        { values: ['6', '3'], usd: 1_000, switches: 20, thresholds: { enable: 6, disable: 3 } },
        { values: ['6', '5'], usd: 990, switches: 40, thresholds: { enable: 6, disable: 5 } },
        { values: ['8', '3'], usd: 800, uplink: 1.1, thresholds: { enable: 8, disable: 3 } },
        { values: ['8', '5'], usd: 790, uplink: 1.1, thresholds: { enable: 8, disable: 5 } },
      ],
    );
    expect(file.analysis.recommendation?.setting).toBe(0);
    expect(file.analysis.recommendation?.reasons.join(' ')).toContain('6 is at the end of the values');
    const calm = structuredClone(file);
    for (const run of calm.settings[1]?.runs ?? [])
      run.metrics.mode_switches = { kind: 'counter', unit: '1', value: 21 };
    expect(analyse(calm).recommendation?.setting).toBe(1);
  });

  test('without voice nothing is recommended, and it says what to do', () => {
    const { recommendation } = analysed([{ key: ENABLE, values: ['6'] }], [{ values: ['6'] }]).analysis;
    expect(recommendation?.setting).toBeNull();
    expect(recommendation?.reasons.join(' ')).toContain('--set media.fidelity=flow');
    expect(analysed([{ key: 'a', values: ['6'] }], [{ values: ['6'] }]).analysis.recommendation).toBeNull();
  });

  test('the mean over the seeds, and the worst in the direction that is worse', () => {
    const [, first] = thresholds.settings;
    if (first === undefined) throw new Error('no setting');
    const figure = { metric: 'mos', field: 'avg', unit: '1', worse: 'lower' } as const;
    expect(spreadOf(first, figure)).toMatchObject({ worst: 4.4, worstSeed: 1, seeds: 2 });
    expect(spreadOf(first, { ...figure, worse: 'higher' })).toMatchObject({ worstSeed: 2 });
    expect(spreadOf(first, { ...figure, metric: 'nothing' })).toBeNull();
    const last = thresholds.settings.at(-1);
    if (last === undefined) throw new Error('no setting');
    expect(standingOf(thresholds, last)).toEqual({ kind: 'missed', what: 'mos avg>4', seeds: [2] });
  });

  test('a load is said in words', () => {
    const limiting = { resource: 'none', why: '', resources: [] };
    const found = {
      min: 2,
      max: 400,
      passed: 300,
      failed: 312,
      exceptions: [],
      skipped: [],
      level: 'mos avg>4',
      limiting,
      replay: null,
    };
    const page = (key: string) => renderCapacityHtml({ ...thresholds, kind: 'capacity', capacity: { key, ...found } });
    expect(page('channel-size')).toContain('300 to 312 people in a channel');
    expect(page('population.clients')).toContain('300 to 312 clients');
  });

  test('loads that were stepped over are told, with the reason', () => {
    const skip = (from: number, to: number) => ({ from, to, why: `${from} people do not fill 4 channels` });
    const capacity = {
      ...{ key: 'population.clients', min: 1, max: 400, passed: 300, failed: 312, exceptions: [], level: null },
      ...{ limiting: { resource: 'none', why: '', resources: [] }, replay: null },
    };
    const linesOf = (skipped: ReturnType<typeof skip>[]) =>
      renderCapacityMarkdown({ ...thresholds, kind: 'capacity', capacity: { ...capacity, skipped } });
    expect(linesOf([])).not.toContain('Stepped over');
    expect(linesOf([skip(301, 301)])).toContain(
      'Stepped over 1 load that is not valid: population.clients 301 (301 people do not fill 4 channels). Let other fields follow with --with',
    );
    expect(linesOf([7, 20, 30, 40, 50, 60].map((load) => skip(load, load + 4)))).toContain(
      'Stepped over 30 loads that are not valid: population.clients 7 to 11, 20 to 24, 30 to 34, 40 to 44, 50 to 54 and others (7 people',
    );
  });

  test('fields that moved along are told', () => {
    const links = [{ key: DISABLE, expression: `${ENABLE}-3, at least 0` }];
    expect(renderCapacityTerminal({ ...thresholds, links }, { color: false })).toContain(
      'Moved along: policy.disableThreshold = policy.enableThreshold-3, at least 0.',
    );
    expect(renderCapacityTerminal(thresholds, { color: false })).not.toContain('Moved along');
  });

  test('a violation does not hide a level that was missed', () => {
    const file = structuredClone(thresholds);
    const [broken] = file.settings.at(-1)?.runs ?? [];
    if (broken === undefined) throw new Error('no run');
    Object.assign(broken, { verdict: 'safety', violations: { 'one-mode': 1 } });
    expect(renderCapacityTerminal(file, { color: false })).toContain(
      'VIOLATED: one-mode (1 of 2 seeds); missed: mos avg>4 (1 of 2 seeds)',
    );
  });
});

describe('what is written', () => {
  test('the file is what its schema says, and comes back as it was', () => {
    const text = renderCapacityJson(thresholds);
    expect(parseCapacityFile(text, 'x')).toEqual(capacityFileSchema.parse(thresholds));
    expect(renderCapacityJson(parseCapacityFile(text, 'x'))).toBe(text);
    expect(() => parseCapacityFile(text.replace('"schemaVersion": 1', '"schemaVersion": 2'), 'x.json')).toThrow(
      'x.json has schemaVersion 2, this deadair reads 1',
    );
  });

  test('CSV: a row for each run, quoted where it must be, as many cells as the head', () => {
    const rows = renderCapacityCsv(thresholds).trimEnd().split('\r\n');
    expect(rows).toHaveLength(1 + 1 + 4 * 2);
    expect(rows[0]).toMatch(/^policy\.enableThreshold,seed,verdict,setting,cost_month_usd_setting,mos:count,mos:min/);
    expect(rows[1]).toMatch(/^4,,,failed,,.*not <valid>$/);
    const cells = new Set(rows.map((row) => row.split(',').length));
    expect(cells.size).toBe(1);
    expect(renderCapacityCsv(madeUp([{ key: 'a', values: ['x, "y"'] }], [{ values: ['x, "y"'] }]))).toContain(
      '"x, ""y"""',
    );
  });

  test('Markdown and terminal: every setting, the recommendation, every input', () => {
    const markdown = renderCapacityMarkdown(thresholds);
    expect(markdown).toContain('## Recommended: enableThreshold 8');
    expect(markdown).toContain('| 12 | 3.9 | missed: mos avg>4 (1 of 2 seeds) |');
    expect(markdown).toContain('| 8 | $900 | 8 | 2 | 20 % |');
    for (const input of ['`deadair sweep made-up --vary <a>`', '0123456789abcdef', 'prices, today (us)', 'seeds: 1, 2'])
      expect(markdown).toContain(input);
    const terminal = renderCapacityTerminal(thresholds, { color: false });
    expect(terminal).toContain('Recommended: enableThreshold 8.');
    expect(terminal).toContain('not valid: not <valid>');
    expect(terminal).toContain('Look at one that missed: deadair run made-up --seed 2 --report');
  });

  test('the page: one file under its own policy, the same bytes again, nothing of the data as code', () => {
    const page = renderCapacityHtml(thresholds);
    expect(page).toBe(renderCapacityHtml(structuredClone(thresholds)));
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<(link|script|img)[^>]+(?:src|href)="(?!data:)/);
    expect(page).not.toMatch(/ style="/);
    expect(page).toContain('Not &lt;real&gt;.');
    expect(page).not.toContain('not <valid>');
    for (const id of ['recommendation', 'levels', 'settings', 'cost', 'inputs']) expect(page).toContain(`id="${id}"`);
    expect(page).not.toContain('id="heat"');
  });
});
