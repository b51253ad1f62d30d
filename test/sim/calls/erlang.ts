/** Share of calls lost when `load` erlangs are offered to `lines` (Erlang B), by its recursion over the number of lines. */
export function erlangB(load: number, lines: number): number {
  let blocking = 1;
  for (let n = 1; n <= lines; n++) blocking = (load * blocking) / (n + load * blocking);
  return blocking;
}

/** Share of calls that have to wait when those who find all lines busy wait in a queue (Erlang C); `load` below `lines`. */
export function erlangC(load: number, lines: number): number {
  const blocking = erlangB(load, lines);
  return blocking / (1 - (load / lines) * (1 - blocking));
}

/** Mean and half width of its 99 % confidence interval by batch means over ten batches (Student's t with nine degrees of freedom). */
export function batchMeans(values: readonly number[]): { readonly mean: number; readonly half: number } {
  const batches = 10;
  const size = Math.floor(values.length / batches);
  const means = Array.from({ length: batches }, (_, index) => {
    const batch = values.slice(index * size, (index + 1) * size);
    return batch.reduce((sum, value) => sum + value, 0) / size;
  });
  const mean = means.reduce((sum, value) => sum + value, 0) / batches;
  const variance = means.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (batches - 1);
  return { mean, half: 3.25 * Math.sqrt(variance / batches) };
}
