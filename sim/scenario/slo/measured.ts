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
    }
  /** `value` null: nothing was measured. */
  | { readonly kind: 'counter' | 'gauge' | 'rate'; readonly value: number | null };
