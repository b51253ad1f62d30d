/** Who comes when and does what: the `population` section of a scenario, resolved. Times in seconds. */
export interface PopulationOptions {
  readonly clients: number;
  readonly channels: number;
  /** Members of the smallest and of the largest channel. */
  readonly membersMin: number;
  readonly membersMax: number;
  /** `ramp`: evenly over `overS`; `storm`: all at once, within `overS`; `poisson`: independent, on average over `overS`. */
  readonly arrival: { readonly kind: 'ramp' | 'storm' | 'poisson'; readonly overS: number; readonly atS: number };
  /** Mean length of a stay, exponential, at least 5 s; null: to the end. */
  readonly session: { readonly meanS: number | null };
  /** Whether one who has left comes back. */
  readonly rejoin: boolean;
  /** Mean time between two stays, exponential, at least 1 s. */
  readonly pauseS: number;
  /** Share of stays that end by closing the tab without a word. */
  readonly closeTabShare: number;
  /** Share of clients who open a second tab in the middle of a stay. */
  readonly secondTabShare: number;
  /** Members of each channel that come later, stay a while and go: the third person of a call. */
  readonly guests?: {
    readonly perChannel: number;
    readonly atS: number;
    readonly overS: number;
    readonly stayS: number;
    readonly visits: number;
    readonly awayS: number;
  };
}
