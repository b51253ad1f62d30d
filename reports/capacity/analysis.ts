import { holds, spreadOf, standingOf } from './figures.js';
import { recommend } from './recommendation.js';
import type { CapacityFile, Figure, SettingResult } from './schema.js';

type Analysis = CapacityFile['analysis'];
type Cliff = Analysis['cliffs'][number];

/** Quality of voice, for the front of cost against it: the first that was measured. */
const QUALITY: readonly Figure[] = [
  { metric: 'mos', field: 'avg', unit: '1', worse: 'lower' },
  { metric: 'voice_dropout_rate', field: 'value', unit: 'share', worse: 'higher' },
];

/** What the runs say: where levels stop to hold, what is cheapest at which quality, and what to choose. */
export function analyse(file: CapacityFile): Analysis {
  return { cliffs: cliffsOf(file), pareto: paretoOf(file), recommendation: recommend(file) };
}

/**
 * Places where a level holds at one value of a variation and not at the next one, the others being the same. Settings that are not valid are no
 * cliff.
 */
export function cliffsOf(file: CapacityFile): Cliff[] {
  const { settings } = file;
  return file.variations.flatMap(({ values }, variation) => {
    const stride = file.variations.slice(variation + 1).reduce((product, other) => product * other.values.length, 1);
    return settings.flatMap((setting, index): Cliff[] => {
      const next = settings[index + stride];
      if (setting.values[variation] === values.at(-1) || next === undefined) return [];
      if (!judged(setting) || !judged(next)) return [];
      const [here, there] = [holds(file, setting), holds(file, next)];
      if (here === there) return [];
      const [held, missed] = here ? [index, index + stride] : [index + stride, index];
      const at = setting.values.filter((_, position) => position !== variation);
      return [{ variation, at, held, missed, level: standingOf(file, settings[missed] as SettingResult).what }];
    });
  });
}

function judged({ problem, runs }: SettingResult): boolean {
  return problem === undefined && runs.length > 0;
}

/** Settings that meet the levels and that no other such one beats in cost and quality at once, cheapest first. */
export function paretoOf(file: CapacityFile): Analysis['pareto'] {
  for (const quality of QUALITY) {
    let measured = false;
    const points = file.settings.flatMap((setting, index) => {
      const spread = spreadOf(setting, quality);
      if (spread === null || setting.cost === null) return [];
      measured = true;
      if (!holds(file, setting)) return [];
      const good = quality.worse === 'lower' ? spread.mean : -spread.mean;
      return [{ index, good, usd: setting.cost.totalUsd }];
    });
    if (!measured) continue;
    points.sort((a, b) => a.usd - b.usd || b.good - a.good || a.index - b.index);
    const front: number[] = [];
    let best = Number.NEGATIVE_INFINITY;
    for (const { index, good } of points) {
      if (good <= best) continue;
      best = good;
      front.push(index);
    }
    return { quality, front };
  }
  return null;
}
