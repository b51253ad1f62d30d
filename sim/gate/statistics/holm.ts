/**
 * Holm's step-down correction: of all tests in which nothing is to be found, at most a share of `adjusted <= alpha` families has any that says so, however the tests
 * depend on each other. Source: Holm, S. (1979), "A simple sequentially rejective multiple test procedure".
 * @returns the adjusted probabilities, in the order given
 */
export function holm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p || a.index - b.index);
  const adjusted = new Array<number>(probabilities.length);
  let least = 0;
  order.forEach(({ p, index }, rank) => {
    least = Math.min(1, Math.max(least, p * (order.length - rank)));
    adjusted[index] = least;
  });
  return adjusted;
}
