import { formatNumber, plural } from '../format.js';
import { holds, settingLabel, spreadOf } from './figures.js';
import type { CapacityFile, Figure, SettingResult } from './schema.js';

/*
 * The rule, in the order in which it is applied. What is left after a step goes into the next one; a step that would leave nothing, or whose metric
 * was not measured, is left out and said so.
 *
 *   1. Every level held on every seed.
 *   2. The neighbours along the thresholds hold, too: no step away from a cliff.
 *   3. Uplinks: the fullest second of any uplink (uplink_use), mean over the seeds, at most UPLINK_MAX. Means and percentiles over time show
 *      nothing: people are silent most of the time.
 *   4. Quality: the opinion score, mean over the seeds, at most SCORE_SLACK below the best that is left.
 *   5. Hysteresis: of settings that differ in the disable threshold only, the highest one whose changes of mode are at most FLAP_SLACK times those of
 *      the calmest. It goes back soonest without flapping.
 *   6. The cheapest.
 */
const UPLINK_MAX = 1;
const SCORE_SLACK = 0.05;
const FLAP_SLACK = 1.1;

const ENABLE = 'policy.enableThreshold';
const DISABLE = 'policy.disableThreshold';

const UPLINK: Figure = { metric: 'uplink_use', field: 'max', unit: 'share', worse: 'higher' };
const SCORE: Figure = { metric: 'mos', field: 'avg', unit: '1', worse: 'lower' };
const SWITCHES: Figure = { metric: 'mode_switches', field: 'value', unit: '1', worse: 'higher' };

interface Candidate {
  readonly index: number;
  readonly setting: SettingResult;
}

/** What to choose, and why; null where no threshold was varied. */
export function recommend(file: CapacityFile): CapacityFile['analysis']['recommendation'] {
  if (file.kind !== 'sweep' || !file.variations.some(({ key }) => key === ENABLE || key === DISABLE)) return null;
  const reasons: string[] = [];
  const valid = file.settings
    .map((setting, index) => ({ setting, index }))
    .filter(({ setting }) => setting.runs.length > 0);
  let left: readonly Candidate[] = valid.filter(({ setting }) => holds(file, setting));
  reasons.push(
    `${left.length} of ${plural(valid.length, 'valid setting')} meet every level on ${plural(file.seeds.length, 'seed')}.`,
  );
  if (left.length === 0)
    return { setting: null, reasons: [...reasons, 'None can be recommended: relax a level, or vary something else.'] };
  const scored = left.filter(({ setting }) => spreadOf(setting, SCORE) !== null && setting.cost !== null);
  if (scored.length === 0) {
    reasons.push(
      'Voice was not simulated, so neither quality nor traffic speaks for one of them: sweep again with --set media.fidelity=flow.',
    );
    return { setting: null, reasons };
  }
  const keep = (next: readonly Candidate[], said: string, unsaid: string) => {
    reasons.push(next.length > 0 ? said : unsaid);
    if (next.length > 0) left = next;
  };

  const inside = left.filter(({ index }) => neighbours(file, index).every((other) => holds(file, other)));
  keep(
    inside,
    `${inside.length} of them lie at least one step away from a setting that misses one.`,
    'All of them lie beside a setting that misses a level: there is no margin.',
  );
  const uplinks = left.filter(({ setting }) => (spreadOf(setting, UPLINK)?.mean ?? 0) <= UPLINK_MAX);
  keep(
    uplinks,
    `${uplinks.length} fill no uplink (fullest second of any, mean over the seeds, at most ${UPLINK_MAX * 100} %).`,
    `Each fills an uplink (fullest second of any, mean over the seeds, above ${UPLINK_MAX * 100} %): meshes are too large for these networks.`,
  );
  const best = Math.max(...left.map(({ setting }) => spreadOf(setting, SCORE)?.mean ?? 0));
  const good = left.filter(({ setting }) => (spreadOf(setting, SCORE)?.mean ?? 0) >= best - SCORE_SLACK);
  keep(
    good,
    `${good.length} are within ${SCORE_SLACK} of the best opinion score among them, ${formatNumber(best, 3)}.`,
    '',
  );
  const calm = calmest(file, left);
  if (calm.length < left.length)
    keep(
      calm,
      `Of settings with the same enable threshold those that go back to the mesh soonest without more than ${formatNumber((FLAP_SLACK - 1) * 100, 0)} % more changes of mode are left.`,
      '',
    );
  const chosen = [...left].sort(
    (a, b) => (a.setting.cost?.totalUsd ?? 0) - (b.setting.cost?.totalUsd ?? 0) || a.index - b.index,
  )[0] as Candidate;
  reasons.push(
    `Of these, ${settingLabel(file, chosen.setting)} costs least: $${formatNumber(chosen.setting.cost?.totalUsd ?? 0, 0)} a month.`,
  );
  const edge = atTheEdge(file, chosen.setting);
  if (edge !== null) reasons.push(edge);
  reasons.push(hysteresis(file, chosen.setting));
  return { setting: chosen.index, reasons };
}

/** The best may lie beyond what was varied. */
function atTheEdge({ variations }: CapacityFile, { values }: SettingResult): string | null {
  const place = variations.findIndex(({ key }) => key === ENABLE);
  const given = variations[place]?.values ?? [];
  const value = values[place];
  if (given.length < 2 || (value !== given[0] && value !== given.at(-1))) return null;
  return `${value} is at the end of the values that were varied: vary ${ENABLE} further to see whether there is a better one.`;
}

/** Settings one step away along a threshold. Those that are not valid do not count. */
function neighbours(file: CapacityFile, index: number): SettingResult[] {
  return file.variations.flatMap(({ key, values }, variation) => {
    if (key !== ENABLE && key !== DISABLE) return [];
    const stride = file.variations.slice(variation + 1).reduce((product, other) => product * other.values.length, 1);
    const place = values.indexOf(file.settings[index]?.values[variation] as string);
    return [place > 0 ? index - stride : -1, place < values.length - 1 ? index + stride : -1].flatMap((other) => {
      const setting = file.settings[other];
      return setting === undefined || setting.runs.length === 0 ? [] : [setting];
    });
  });
}

function calmest(file: CapacityFile, candidates: readonly Candidate[]): Candidate[] {
  const disable = file.variations.findIndex(({ key }) => key === DISABLE);
  if (disable < 0) return [...candidates];
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = JSON.stringify(candidate.setting.values.filter((_, position) => position !== disable));
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  const switches = ({ setting }: Candidate) => spreadOf(setting, SWITCHES)?.mean ?? 0;
  return [...groups.values()].map((group) => {
    const least = Math.min(...group.map(switches));
    const calm = group.filter((candidate) => switches(candidate) <= least * FLAP_SLACK);
    return calm.reduce((a, b) => (Number(b.setting.values[disable]) > Number(a.setting.values[disable]) ? b : a));
  });
}

function hysteresis(file: CapacityFile, setting: SettingResult): string {
  const mean = spreadOf(setting, SWITCHES)?.mean ?? 0;
  const simulated = setting.runs[0]?.simulatedSeconds ?? 0;
  const perHour = simulated > 0 ? (mean * 3_600) / simulated : 0;
  const { enable, disable } = setting.thresholds ?? { enable: 0, disable: 0 };
  const gap = ` to the SFU at ${enable}, back at ${disable}`;
  const varied = file.variations.some(({ key }) => key === DISABLE);
  const hint = varied ? '' : ` The gap was not varied: --vary ${DISABLE}=... shows what a smaller one costs.`;
  return `Hysteresis:${gap}; ${formatNumber(perHour, 0)} changes of mode an hour over all channels.${hint}`;
}
