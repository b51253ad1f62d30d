import { formatNumber, plural } from '../format.js';
import { escapeHtml } from '../html/escape.js';
import { renderPage, section } from '../html/page.js';
import { STYLE } from '../html/style.js';
import { vendorScripts } from '../html/vendor.js';
import { CAPACITY_CHART_SCRIPT } from './chart-script.js';
import { levelCharts, paretoChart } from './charts.js';
import { holds, leaf, loadName, settingLabel, spreadOf, standingOf, unmeasuredLevels } from './figures.js';
import { heatMaps } from './heat-map.js';
import { inputs } from './inputs.js';
import { capacityLines } from './outcome-lines.js';
import type { CapacityFile, MonthCost, SettingResult } from './schema.js';
import { CAPACITY_STYLE } from './style.js';
import { describeStanding, figureHead, formatFigure, unmeasuredLines } from './terminal.js';

/** The page of a sweep or of a search for the capacity: one HTML file without any request. The same bytes for the same file. */
export function renderCapacityHtml(file: CapacityFile): string {
  const levels = levelCharts(file);
  const pareto = paretoChart(file);
  const heat = heatMaps(file);
  const specs = [...levels.specs, ...pareto.specs];
  const axis = file.variations.map(({ key }) => leaf(key)).join(' and ');
  const sections = [
    capacitySection(file),
    recommendationSection(file),
    levels.html === '' ? '' : section('levels', `Levels against ${escapeHtml(axis)}`, levels.html),
    heat === ''
      ? ''
      : section(
          'heat',
          'Both variables',
          `<p class="summary">Darker is worse; a red frame: a level was missed.</p>${heat}`,
        ),
    section('settings', 'Settings', settingTable(file)),
    section('cost', 'Cost and quality', pareto.html + costs(file)),
    section('inputs', 'Inputs', inputList(file)),
    section(
      'details',
      'Details',
      `<details><summary>The scenario without the variations</summary><pre tabindex="0"><code>${escapeHtml(JSON.stringify(file.scenario.options, shorten, 2))}</code></pre></details>`,
    ),
  ];
  return renderPage({
    title: `${file.scenario.name}: ${headline(file).text}`,
    style: STYLE + CAPACITY_STYLE,
    body: `${header(file)}\n${sections.filter((part) => part !== '').join('\n')}`,
    footer: `deadair ${escapeHtml(file.deadairVersion)} · capacity schema ${file.schemaVersion} · deterministic: the same command gives this same page, byte for byte`,
    charts: specs,
    scripts: [...(specs.length === 0 ? [] : vendorScripts()), CAPACITY_CHART_SCRIPT],
  });
}

const SIGNS = {
  good: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  warn: '<path d="M12 6v8"/><path d="M12 18v.01"/>',
  bad: '<path d="M7 7l10 10"/><path d="M17 7L7 17"/>',
} as const;

function headline(file: CapacityFile): { readonly tone: keyof typeof SIGNS; readonly text: string } {
  const { capacity, analysis, settings } = file;
  const violated = settings.some((setting) => standingOf(file, setting).kind === 'violated');
  if (capacity !== undefined) {
    const { passed, failed, key } = capacity;
    const [unmeasured] = unmeasuredLevels(file);
    if (passed === null && unmeasured !== undefined)
      return { tone: 'warn', text: `No capacity can be said: ${unmeasured} was measured at no load` };
    const tone = passed === null ? 'bad' : violated ? 'warn' : 'good';
    if (passed === null)
      return {
        tone,
        text: `No capacity: already ${formatNumber(failed ?? capacity.min)} ${loadName(key)} miss a level`,
      };
    return {
      tone,
      text:
        failed === null
          ? `At least ${formatNumber(passed)} ${loadName(key)}`
          : `${formatNumber(passed)} to ${formatNumber(failed)} ${loadName(key)}`,
    };
  }
  const chosen = analysis.recommendation?.setting ?? null;
  if (chosen !== null)
    return { tone: 'good', text: `Recommended: ${settingLabel(file, settings[chosen] as SettingResult)}` };
  const held = settings.filter((setting) => setting.runs.length > 0 && holds(file, setting)).length;
  return {
    tone: violated ? 'bad' : held === 0 ? 'warn' : 'good',
    text: `${held} of ${plural(settings.length, 'setting')} hold every level`,
  };
}

function header(file: CapacityFile): string {
  const { tone, text } = headline(file);
  const runs = file.settings.reduce((sum, setting) => sum + setting.runs.length, 0);
  const facts: [string, string][] = [
    ['settings', formatNumber(file.settings.length)],
    ['seeds', file.seeds.length === 1 ? String(file.seeds[0]) : `${file.seeds[0]}..${file.seeds.at(-1)}`],
    ['runs', formatNumber(runs)],
    ['scenario', file.scenario.hash],
  ];
  const kind = file.kind === 'sweep' ? 'Sweep' : 'Capacity';
  return `<header class="verdict ${tone}">
<p class="brand"><svg viewBox="0 0 64 16" aria-hidden="true"><path d="M1 8h6l3-6 4 12 4-9 2 3h5"/><path class="dead" d="M27 8h12"/><path d="M41 8h4l3-5 4 11 4-9 2 3h5"/></svg>deadair</p>
<p class="scenario">${kind} of ${escapeHtml(file.scenario.name)}</p>
<p class="description">${escapeHtml(file.scenario.description)}</p>
<h1><svg class="sign" viewBox="0 0 24 24" aria-hidden="true">${SIGNS[tone]}</svg><span>${escapeHtml(text)}</span></h1>
<dl class="facts">${facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
<p class="replay"><span>Again</span><code>${escapeHtml(file.command)}</code></p>
</header>`;
}

function capacitySection(file: CapacityFile): string {
  const { capacity } = file;
  if (capacity === undefined) return '';
  const lines = [...unmeasuredLines(file), ...capacityLines(file)].filter((line) => !line.startsWith('Again: '));
  const again =
    capacity.replay === null
      ? ''
      : `<p class="replay"><span>Failed</span><code>${escapeHtml(capacity.replay)}</code></p>`;
  const rows = capacity.limiting.resources.map(
    ({ resource, metric, used, limit }) =>
      `<tr><td>${escapeHtml(resource)}</td><td><code>${escapeHtml(metric)}</code></td><td class="number">${escapeHtml(formatFigure(used, 'share'))}</td><td class="number">${escapeHtml(formatFigure(limit, 'share'))}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? ''
      : `<h3>Resources at the load that failed</h3>${scroll('Resources', `<table><thead><tr><th scope="col">resource</th><th scope="col">metric</th><th scope="col" class="number">used</th><th scope="col" class="number">limits from</th></tr></thead><tbody>${rows.join('')}</tbody></table>`)}`;
  return section('capacity', 'Capacity', `${list(lines)}${again}${table}`);
}

function recommendationSection({ analysis }: CapacityFile): string {
  return analysis.recommendation === null
    ? ''
    : section('recommendation', 'Recommendation, and why', list(analysis.recommendation.reasons));
}

function list(lines: readonly string[]): string {
  return `<ul class="reasons">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
}

function scroll(label: string, html: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${label}">${html}</div>`;
}

function settingTable(file: CapacityFile): string {
  const number = (text: string) => `<th scope="col" class="number">${escapeHtml(text)}</th>`;
  const head = [...file.variations.map(({ key }) => leaf(key)), ...file.figures.map(figureHead)].map(number).join('');
  const rows = file.settings.map((setting, index) => {
    const standing = standingOf(file, setting);
    const tone = { held: 'good', warned: 'warn', missed: 'bad', unmeasured: 'warn', violated: 'bad', failed: 'warn' }[
      standing.kind
    ];
    const cells = file.figures.map((figure) => {
      const spread = spreadOf(setting, figure);
      if (spread === null) return '–';
      const [mean, worst] = [formatFigure(spread.mean, figure.unit), formatFigure(spread.worst, figure.unit)];
      return mean === worst ? mean : `${mean} (${worst})`;
    });
    const texts = [...setting.values, ...cells].map((text) => `<td class="number">${escapeHtml(text)}</td>`);
    const chosen = file.analysis.recommendation?.setting === index ? ' class="chosen"' : '';
    return `<tr${chosen}>${texts.join('')}<td><span class="outcome ${tone}">${escapeHtml(describeStanding(standing, setting.runs.length))}</span></td></tr>`;
  });
  return `<p class="summary">Mean over the seeds, in brackets the worst seed.</p>${scroll('Settings', `<table class="cap"><thead><tr>${head}<th scope="col">levels</th></tr></thead><tbody>${rows.join('')}</tbody></table>`)}`;
}

function costs(file: CapacityFile): string {
  const priced = file.settings.filter(({ cost }) => cost !== null);
  if (priced.length === 0)
    return '<p class="empty">Voice was not simulated, so there is no traffic to pay for and no quality to weigh against it: add --set media.fidelity=flow.</p>';
  const chosen = file.settings[file.analysis.recommendation?.setting ?? -1] ?? (priced[0] as SettingResult);
  const number = (text: string) => `<td class="number">${escapeHtml(text)}</td>`;
  const rows = priced.map((setting) => {
    const cost = setting.cost as MonthCost;
    const sent = cost.egressGb + cost.relayGb;
    const cells = [
      ...setting.values,
      formatFigure(cost.totalUsd, 'USD'),
      formatNumber(cost.egressGb, 0),
      formatNumber(cost.relayGb, 0),
      formatFigure(sent > 0 ? cost.relayGb / sent : 0, 'share'),
    ];
    return `<tr${setting === chosen ? ' class="chosen"' : ''}>${cells.map(number).join('')}</tr>`;
  });
  const head = [
    ...file.variations.map(({ key }) => leaf(key)),
    'a month',
    'SFU egress, GB',
    'TURN egress, GB',
    'TURN share',
  ]
    .map((text) => `<th scope="col" class="number">${escapeHtml(text)}</th>`)
    .join('');
  return `<h3>Cost a month</h3><p class="summary">${escapeHtml(`${formatNumber(file.prices.hoursPerMonth)} hours like this one: traffic as measured, mean over the seeds; ${file.prices.title}.`)}</p>${scroll('Cost a month', `<table class="cap"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`)}${bill(file, chosen)}${budgets(file, chosen)}`;
}

function bill(file: CapacityFile, setting: SettingResult): string {
  const cost = setting.cost;
  if (cost === null) return '';
  const rows = cost.items.map(
    ({ label, quantity, unit, unitUsd, usd }) =>
      `<tr><td>${escapeHtml(label)}</td><td class="number">${escapeHtml(`${formatNumber(quantity, 0)} ${unit}${quantity === 1 || unit === 'GB' ? '' : 's'}`)}</td><td class="number">$${escapeHtml(formatNumber(unitUsd, unit === 'GB' ? 4 : 0))}</td><td class="number">$${escapeHtml(formatNumber(usd, 0))}</td></tr>`,
  );
  rows.push(
    `<tr><td>sum</td><td></td><td></td><td class="number">$${escapeHtml(formatNumber(cost.totalUsd, 0))}</td></tr>`,
  );
  const title = `The bill of ${settingLabel(file, setting)}`;
  return `<h3>${escapeHtml(title)}</h3>${scroll('Bill', `<table><thead><tr><th scope="col">item</th><th scope="col" class="number">quantity</th><th scope="col" class="number">price</th><th scope="col" class="number">a month</th></tr></thead><tbody>${rows.join('')}</tbody></table>`)}`;
}

function budgets({ prices }: CapacityFile, { cost }: SettingResult): string {
  const total = cost?.totalUsd ?? 0;
  const rows = prices.budgets.map(({ document, totalUsd, toleranceShare }) => {
    const tolerance = toleranceShare === 0 ? '' : ` ± ${formatNumber(toleranceShare * 100)} %`;
    return `<tr><td>${document}</td><td class="number">$${escapeHtml(formatNumber(totalUsd))}${tolerance}</td><td class="number">${escapeHtml(formatFigure(total / totalUsd, 'share'))}</td></tr>`;
  });
  return `<h3>Beside the documents' sums</h3>${scroll('Budgets', `<table><thead><tr><th scope="col">document</th><th scope="col" class="number">its sum</th><th scope="col" class="number">this bill, of it</th></tr></thead><tbody>${rows.join('')}</tbody></table>`)}`;
}

function inputList(file: CapacityFile): string {
  const items = inputs(file).map(
    ([term, text]) =>
      `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>')}</dd>`,
  );
  return `<dl class="inputs">${items.join('')}</dl>`;
}

function shorten(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > 400
    ? `${value.slice(0, 40)}... (${value.length} characters)`
    : value;
}
