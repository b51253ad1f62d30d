import { escapeHtml } from '../html/escape.js';
import { holds, leaf, spreadOf, standingOf } from './figures.js';
import type { CapacityFile, Figure } from './schema.js';
import { describeStanding, figureHead, formatFigure } from './terminal.js';

/** Shades of a heat map; the style sheet has a class for each. */
export const SHADES = 8;

/** A table for each figure with the first variation downwards and the second one across, shaded from best to worst; empty unless two are varied. */
export function heatMaps(file: CapacityFile): string {
  if (file.variations.length !== 2) return '';
  return file.figures.map((figure) => heatMap(file, figure)).join('');
}

function heatMap(file: CapacityFile, figure: Figure): string {
  const [down, across] = file.variations as [CapacityFile['variations'][number], CapacityFile['variations'][number]];
  const means = file.settings.map((setting) => spreadOf(setting, figure)?.mean ?? null);
  const known = means.filter((mean) => mean !== null);
  if (known.length === 0) return '';
  const [low, high] = [Math.min(...known), Math.max(...known)];
  // what reads the same is neither better nor worse
  const alike = formatFigure(low, figure.unit) === formatFigure(high, figure.unit);
  const rows = down.values.map((value, row) => {
    const cells = across.values.map((_, column) => {
      const index = row * across.values.length + column;
      const setting = file.settings[index] as CapacityFile['settings'][number];
      const mean = means[index] ?? null;
      const standing = standingOf(file, setting);
      const title = escapeHtml(describeStanding(standing, setting.runs.length));
      if (mean === null) return `<td class="number none" title="${title}">–</td>`;
      const worse = figure.worse === 'higher' ? mean - low : high - mean;
      const shade = alike ? 0 : Math.round((worse / (high - low)) * (SHADES - 1));
      const missed = holds(file, setting) ? '' : ' missed';
      return `<td class="number heat-${shade}${missed}" title="${title}">${escapeHtml(formatFigure(mean, figure.unit))}</td>`;
    });
    return `<tr><th scope="row" class="number">${escapeHtml(value)}</th>${cells.join('')}</tr>`;
  });
  const head = across.values.map((value) => `<th scope="col" class="number">${escapeHtml(value)}</th>`).join('');
  const title = escapeHtml(`${figureHead(figure)}: ${leaf(down.key)} downwards, ${leaf(across.key)} across`);
  return `<h3>${title}</h3><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="heat"><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
