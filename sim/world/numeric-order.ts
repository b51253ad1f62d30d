/** Orders names by their numbers where they have some: `client-2` before `client-10`; independent of any locale. */
export function numericOrder(a: string, b: string): number {
  const one = number(a);
  const other = number(b);
  return one - other || (a < b ? -1 : a > b ? 1 : 0);
}

function number(name: string): number {
  const digits = /\d+$/.exec(name)?.[0];
  return digits === undefined ? Number.MAX_SAFE_INTEGER : Number(digits);
}
