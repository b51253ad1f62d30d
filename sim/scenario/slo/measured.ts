/** What a run measured, as far as expectations need it. */
export type Measured =
  | {
      readonly kind: 'histogram';
      readonly count: number;
      readonly min: number;
      readonly max: number;
      readonly avg: number;
      /** The quantile of a share 0..1; only asked when `count` is above 0. */
      readonly quantile: (share: number) => number;
      /** Every value with its weight, in no particular order. */
      readonly weighted: () => Iterable<readonly [value: number, weight: number]>;
    }
  /** `value` null: nothing was measured. */
  | { readonly kind: 'counter' | 'gauge'; readonly value: number | null }
  /** `whole`: what the share is of, so that shares of several runs can be put together. */
  | { readonly kind: 'rate'; readonly value: number | null; readonly whole: number };

/** A share of something; without any of it nothing was measured. */
export function rateOf(part: number, whole: number): Measured {
  return { kind: 'rate', value: whole > 0 ? part / whole : null, whole };
}
