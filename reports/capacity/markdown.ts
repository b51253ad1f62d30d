import { formatNumber, plural } from '../format.js';
import { leaf, settingLabel, spreadOf, standingOf } from './figures.js';
import { inputs } from './inputs.js';
import { capacityLines } from './outcome-lines.js';
import type { CapacityFile, SettingResult } from './schema.js';
import { describeStanding, figureHead, formatFigure, unmeasuredLines } from './terminal.js';

/** The same as on the page, without pictures. */
export function renderCapacityMarkdown(file: CapacityFile): string {
  const parts = [
    `# ${file.kind === 'sweep' ? 'Sweep' : 'Capacity'}: ${file.scenario.name}`,
    file.scenario.description,
    bullets(unmeasuredLines(file)),
    bullets(capacityLines(file)),
    recommendation(file),
    `## Settings\n\n${plural(file.settings.length, 'setting')} x ${plural(file.seeds.length, 'seed')}: mean over the seeds (worst seed).\n\n${settingTable(file)}`,
    file.analysis.cliffs.length === 0 ? '' : `## Cliffs\n\n${bullets(cliffs(file))}`,
    costs(file),
    `## Inputs\n\n${bullets(inputs(file).map(([term, text]) => `${term}: ${text}`))}`,
  ];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return `${text.replaceAll('\u202f', ' ').replaceAll('\u00a0', ' ')}\n`;
}

function settingTable(file: CapacityFile): string {
  const rows = file.settings.map((setting) => [
    ...setting.values,
    ...file.figures.map((figure) => {
      const spread = spreadOf(setting, figure);
      if (spread === null) return '-';
      const [mean, worst] = [formatFigure(spread.mean, figure.unit), formatFigure(spread.worst, figure.unit)];
      return mean === worst ? mean : `${mean} (${worst})`;
    }),
    describeStanding(standingOf(file, setting), setting.runs.length),
  ]);
  return markdownTable(
    [...file.variations.map(({ key }) => leaf(key)), ...file.figures.map(figureHead), 'levels'],
    rows,
  );
}

function recommendation(file: CapacityFile): string {
  const { recommendation: found } = file.analysis;
  if (found === null) return '';
  const setting = found.setting === null ? undefined : file.settings[found.setting];
  return `## Recommended: ${setting === undefined ? 'nothing' : settingLabel(file, setting)}\n\n${bullets(found.reasons)}`;
}

function cliffs(file: CapacityFile): string[] {
  return file.analysis.cliffs.map(({ held, missed, level }) => {
    const [good, bad] = [file.settings[held], file.settings[missed]] as [SettingResult, SettingResult];
    return `${settingLabel(file, good)} holds; ${settingLabel(file, bad)} misses ${level}`;
  });
}

function costs(file: CapacityFile): string {
  const priced = file.settings.filter(({ cost }) => cost !== null);
  if (priced.length === 0) return '';
  const rows = priced.map((setting) => {
    const { totalUsd, egressGb, relayGb } = setting.cost as NonNullable<SettingResult['cost']>;
    const relayed = egressGb + relayGb > 0 ? relayGb / (egressGb + relayGb) : 0;
    return [
      ...setting.values,
      `$${formatNumber(totalUsd, 0)}`,
      formatNumber(egressGb, 0),
      formatNumber(relayGb, 0),
      formatFigure(relayed, 'share'),
    ];
  });
  const head = [...file.variations.map(({ key }) => leaf(key)), 'a month', 'egress GB', 'TURN GB', 'TURN share'];
  return `## Cost a month\n\n${markdownTable(head, rows)}`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
