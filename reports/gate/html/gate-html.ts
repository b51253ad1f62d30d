import { createHash } from 'node:crypto';
import { formatNumber, formatValue, plural } from '../../format.js';
import { escapeHtml } from '../../html/escape.js';
import { ICON } from '../../html/page.js';
import { STYLE } from '../../html/style.js';
import { BRAND, SIGNS } from '../../html/verdict-section.js';
import { changeText, commandOf, expectedText, failuresOf, foundText, type GateFailure } from '../failures.js';
import type { GateLevel, GateResult, GateScenario } from '../gate-schema.js';
import { describeGate, scenarioWord } from '../gate-words.js';
import { GATE_STYLE } from './gate-style.js';
import { seedStrip } from './seed-strip.js';

const FAILURES_SHOWN = 40;
const CHANGES_SHOWN = 60;

/**
 * The page of a gate: one HTML file without any request and without scripts, under a policy that forbids both. The same bytes for the same
 * result: wall time is not in it.
 */
export function renderGateHtml(result: GateResult): string {
  const style = STYLE + GATE_STYLE;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const words = describeGate(result);
  const failures = failuresOf(result);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>gate ${escapeHtml(result.suite.name)}: ${escapeHtml(words.headline)} · deadair</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<main>
${header(result, failures)}
${failures.length === 0 ? '' : section('failures', 'What failed', failureList(failures))}
${result.comparison === undefined ? '' : section('baseline', 'Against the baseline', comparison(result))}
${section('scenarios', 'Scenarios', scenarioList(result))}
${result.missing === undefined ? '' : section('missing', 'Not run', missingList(result.missing))}
</main>
<footer>deadair ${escapeHtml(result.deadairVersion)} · gate result schema ${result.schemaVersion} · deterministic: the same seeds give this same page, byte for byte</footer>
</body>
</html>
`;
}

function section(id: string, title: string, body: string): string {
  return `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;
}

function header(result: GateResult, failures: readonly GateFailure[]): string {
  const { suite, runs, shard, scenarios, comparison: compared } = result;
  const words = describeGate(result);
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const facts: [string, string][] = [
    ['suite', suite.hash],
    ['runs', formatNumber(runs.length)],
    ['seeds', formatNumber(seeds)],
    ['simulated', `${formatNumber(runs.reduce((sum, run) => sum + run.simulatedSeconds, 0))}\u00a0s`],
    ['events', formatNumber(runs.reduce((sum, run) => sum + run.events, 0))],
    ...(shard === undefined ? [] : [['shard', `${shard.index} of ${shard.of}`] as [string, string]]),
  ];
  const passed = scenarios.filter(({ verdict }) => verdict === 'pass').length;
  const levels = scenarios.flatMap((each) => each.levels);
  const figures: [string, string][] = [
    [`${passed} / ${scenarios.length}`, 'scenarios passed'],
    [`${levels.filter(({ pass }) => pass).length} / ${levels.length}`, 'service levels met'],
    [formatNumber(scenarios.reduce((sum, each) => sum + each.violations.length, 0)), 'violations, by oracle'],
    ...(compared === undefined
      ? []
      : ([
          [String(compared.changes.filter(({ outcome }) => outcome === 'regression').length), 'regressions'],
          [String(compared.changes.filter(({ outcome }) => outcome === 'improvement').length), 'improvements'],
        ] as [string, string][])),
  ];
  const [first] = failures;
  const again =
    first === undefined
      ? ''
      : `<p class="replay"><span>First one again</span><code>${escapeHtml(first.command)}</code></p>`;
  return `<header class="verdict ${words.tone}">
${BRAND}
<p class="scenario">gate ${escapeHtml(suite.name)}</p>
<p class="description">${escapeHtml(suite.description)}</p>
<h1><svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${SIGNS[words.tone]}</svg><span>${escapeHtml(words.headline)}</span></h1>
<p class="detail">${escapeHtml(words.detail)}</p>
<dl class="facts">${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
${again}
</header>
<dl class="figures">${figures.map(([value, label]) => `<div><dd>${escapeHtml(value)}</dd><dt>${label}</dt></div>`).join('')}</dl>`;
}

const KINDS = {
  safety: 'safety',
  liveness: 'liveness',
  broken: 'no result',
  slo: 'service level',
  regression: 'regression',
} as const;

function failureList(failures: readonly GateFailure[]): string {
  const items = failures.slice(0, FAILURES_SHOWN).map(
    ({ scenario, kind, what, expected, found, worst, seeds, command }) => `<div class="objection">
<h3><span class="outcome">${KINDS[kind]}</span><span>${escapeHtml(scenario)}</span><code>${escapeHtml(what)}</code></h3>
<p>expected <code>${escapeHtml(expected)}</code>, found <b>${escapeHtml(found)}</b>; ${escapeHtml(worst)} (${escapeHtml(seeds)})</p>
<p class="replay"><span>Again</span><code>${escapeHtml(command)}</code></p>
</div>`,
  );
  const more = failures.length - FAILURES_SHOWN;
  return `${items.join('')}${more > 0 ? `<p class="empty">${more} more in the result file.</p>` : ''}`;
}

function comparison(result: GateResult): string {
  const { changes, comparisons, falseAlarms, baselineVersion } = result.comparison!;
  const basis = `${plural(comparisons, 'figure')} of deadair ${baselineVersion}, seed by seed with the same random numbers. Paired t-tests with Holm's correction: of gates in which nothing has become worse, at most ${formatNumber(falseAlarms * 100)} % are flagged.`;
  const summary = `<p class="summary">${escapeHtml(basis)}</p>`;
  if (changes.length === 0) return `${summary}<p class="empty">Nothing has changed beyond noise.</p>`;
  const words = {
    regression: ['bad', 'worse'],
    improvement: ['good', 'better'],
    unsure: ['warn', 'unsure'],
    same: ['good', 'same'],
  } as const;
  const rows = changes.slice(0, CHANGES_SHOWN).map((change) => {
    const [tone, word] = words[change.outcome];
    return `<tr class="${tone}"><td>${escapeHtml(change.scenario)}</td><td>${escapeHtml(change.metric)} <code>${escapeHtml(change.statistic)}</code></td><td class="number">${escapeHtml(formatValue(change.before, change.unit))}</td><td class="number">${escapeHtml(formatValue(change.now, change.unit))}</td><td>${escapeHtml(changeText(change))}</td><td><span class="outcome ${tone}">${word}</span></td></tr>`;
  });
  const more =
    changes.length > CHANGES_SHOWN
      ? `<p class="empty">${changes.length - CHANGES_SHOWN} more in the result file.</p>`
      : '';
  return `${summary}<div class="scroll" tabindex="0" role="region" aria-label="Changes"><table class="expectations"><thead><tr><th scope="col">scenario</th><th scope="col">figure</th><th scope="col" class="number">before</th><th scope="col" class="number">now</th><th scope="col">change</th><th scope="col">outcome</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${more}`;
}

function scenarioList(result: GateResult): string {
  const rows = result.scenarios.map((scenario) => {
    const { name, seeds, verdict, levels } = scenario;
    const met = levels.filter(({ pass }) => pass).length;
    const tone = verdict === 'pass' ? 'good' : 'bad';
    const head = `<summary><span>${escapeHtml(name)}</span><span class="muted">${plural(seeds, 'seed')}</span><span class="muted">${met} of ${levels.length} levels</span><span class="outcome ${tone}">${scenarioWord(verdict)}</span></summary>`;
    return `<details${verdict === 'pass' ? '' : ' open'}>${head}${levelTable(result, scenario)}</details>`;
  });
  return `<div class="scenarios">${rows.join('')}</div>`;
}

function levelTable(result: GateResult, scenario: GateScenario): string {
  const entry = result.suite.scenarios.find(({ name }) => name === scenario.name);
  const text = `${entry?.description ?? ''} `;
  const command = commandOf(result, scenario.name, entry?.seeds[0] ?? 1);
  const intro = `<p class="summary">${escapeHtml(text)}<code>${escapeHtml(command)}</code></p>`;
  const runs = result.runs.filter((run) => run.scenario === scenario.name && run.verdict !== 'broken');
  const rows = scenario.levels.map((level, index) => {
    const values = runs.flatMap(({ seed, expectations }) => {
      const value = expectations[index]?.values[0] ?? null;
      return value === null ? [] : [{ seed, value }];
    });
    const [tone, word] = level.pass
      ? ['good', 'met']
      : level.level === 'warn'
        ? ['warn', 'warning']
        : ['bad', 'missed'];
    return `<tr class="${tone}"><td>${escapeHtml(level.metric)}</td><td><code>${escapeHtml(expectedText(level))}</code></td><td class="number">${escapeHtml(foundText(level))}</td><td>${strip(level, values)}</td><td class="number">${level.seed}</td><td><span class="outcome ${tone}">${word}</span></td></tr>`;
  });
  if (rows.length === 0)
    return `<div class="scroll">${intro}<p class="empty">No service levels: only the oracles judge.</p></div>`;
  return `<div class="scroll" tabindex="0" role="region" aria-label="Service levels of ${escapeHtml(scenario.name)}">${intro}<table class="expectations"><thead><tr><th scope="col">metric</th><th scope="col">expected</th><th scope="col" class="number">found</th><th scope="col">seeds</th><th scope="col" class="number">worst seed</th><th scope="col">outcome</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** Values of a level with one comparison. */
function strip(
  { expression }: GateLevel,
  values: readonly { readonly seed: number; readonly value: number }[],
): string {
  const [, operator = '', number = ''] = /^[^<>=!]*(<=|>=|===|==|!=|<|>)\s*([-\d.eE+]+)\s*$/.exec(expression) ?? [];
  if (operator === '') return '';
  const bound = Number(number);
  const missed = (value: number) =>
    ({
      '<': value >= bound,
      '<=': value > bound,
      '>': value <= bound,
      '>=': value < bound,
      '!=': value === bound,
    })[operator] ?? value !== bound;
  return seedStrip(values, bound, missed);
}

function missingList(missing: NonNullable<GateResult['missing']>): string {
  const names = missing.slice(0, 60).map(({ scenario, seed }) => `<li>${escapeHtml(scenario)}, seed ${seed}</li>`);
  const more = missing.length > names.length ? `<li>and ${missing.length - names.length} more</li>` : '';
  return `<p class="empty">The gate was interrupted.</p><ul>${names.join('')}${more}</ul>`;
}
