const WIDTH = 160;
const HEIGHT = 18;
const MARGIN = 6;

/**
 * The values of all seeds on one line, with the bound of the service level: how near it is, and whether one seed is alone.
 * @param bound null: none can be drawn
 * @param missed whether a value is on the wrong side
 */
export function seedStrip(
  values: readonly { readonly seed: number; readonly value: number }[],
  bound: number | null,
  missed: (value: number) => boolean,
): string {
  if (values.length === 0) return '';
  const all = [...values.map(({ value }) => value), ...(bound === null ? [] : [bound])];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const place = (value: number) =>
    high === low ? WIDTH / 2 : MARGIN + ((value - low) / (high - low)) * (WIDTH - 2 * MARGIN);
  const at = (value: number) => place(value).toFixed(1);
  const dots = values.map(
    ({ seed, value }) =>
      `<circle cx="${at(value)}" cy="${HEIGHT / 2}" r="3.5"${missed(value) ? ' class="bad"' : ''}><title>seed ${seed}: ${Number(value.toPrecision(6))}</title></circle>`,
  );
  const line =
    bound === null ? '' : `<line class="bound" x1="${at(bound)}" x2="${at(bound)}" y1="1" y2="${HEIGHT - 1}"/>`;
  const axis = `<line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}"/>`;
  return `<svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${values.length} seeds">${axis}${line}${dots.join('')}</svg>`;
}
