import { LAYER_NAMES, type LayerName } from './layers.js';

/** What has changed about a device; what is left out has not. */
export interface DeviceChange {
  /** Charge 0..1; null: the browser does not tell (only Chromium does). */
  readonly battery?: { readonly level: number; readonly charging: boolean } | null;
  /** The page is hidden, or the app not in front. */
  readonly background?: boolean;
  /** Whether the system lets the page record: false while denied, or while a phone call has the microphone. */
  readonly microphone?: boolean;
  /** true: the user has touched the page, so it may play. false: the system has stopped playback, a touch is needed again. */
  readonly gesture?: boolean;
}

/** What a device lets the voice do. */
export interface DeviceAllowance {
  /** Highest layer worth sending and asking for. */
  readonly highestLayer: LayerName;
  readonly publish: boolean;
  readonly play: boolean;
  /** How often to send receiver reports. */
  readonly reportEveryMs: number;
}

/** Charge below which the layer is limited; the limit falls at `below` and is lifted at `above`. */
interface BatteryLimit {
  readonly layer: LayerName;
  readonly below: number;
  readonly above: number;
}

export interface DeviceOptions {
  /** From the strictest to the mildest. */
  readonly battery: readonly BatteryLimit[];
  readonly backgroundLayer: LayerName;
  readonly reportEveryMs: number;
  readonly backgroundReportEveryMs: number;
  /** Whether playback needs a gesture first (autoplay policy of browsers). */
  readonly gestureNeeded: boolean;
}

export const defaultDevice: DeviceOptions = {
  battery: [
    { layer: 'l', below: 0.1, above: 0.15 },
    { layer: 'm', below: 0.2, above: 0.25 },
  ],
  backgroundLayer: 'm',
  reportEveryMs: 1_000,
  backgroundReportEveryMs: 2_000,
  gestureNeeded: true,
};

/**
 * How battery, background and autoplay policy bear on the voice (C9). A pure function of what it was told.
 *
 * - Battery: under 20 % the middle layer is the highest, under 10 % the low one, each until 5 points more are reached, so that it does not flap
 *   at the border. Charging lifts every limit.
 * - Background: voice goes on both ways, with the middle layer at most, and with receiver reports every 2 s, the longest that B3 allows:
 *   rarer ones would keep the other side from adapting within 5 s.
 * - Playback waits for a gesture of the user. Once there was one, it needs no other until the system stops playback.
 */
export class DeviceConditions {
  protected readonly options: DeviceOptions;
  protected background = false;
  protected microphone = true;
  protected unlocked: boolean;
  /** Limit by the battery that is in force. */
  protected limit: BatteryLimit | null = null;

  constructor(options: Partial<DeviceOptions> = {}) {
    this.options = { ...defaultDevice, ...options };
    this.unlocked = !this.options.gestureNeeded;
  }

  get allowance(): DeviceAllowance {
    const { backgroundLayer, backgroundReportEveryMs, reportEveryMs } = this.options;
    return {
      highestLayer: lower(this.limit?.layer ?? 'h', this.background ? backgroundLayer : 'h'),
      publish: this.microphone,
      play: this.unlocked,
      reportEveryMs: this.background ? backgroundReportEveryMs : reportEveryMs,
    };
  }

  update(change: DeviceChange): DeviceAllowance {
    if (change.background !== undefined) this.background = change.background;
    if (change.microphone !== undefined) this.microphone = change.microphone;
    if (change.gesture !== undefined) this.unlocked = change.gesture;
    if (change.battery !== undefined)
      this.limit = change.battery === null || change.battery.charging ? null : this.limitAt(change.battery.level);
    return this.allowance;
  }

  /** The strictest limit that this charge falls under, or has been under and has not left yet. */
  protected limitAt(charge: number): BatteryLimit | null {
    const { battery } = this.options;
    const inForce = this.limit === null ? battery.length : battery.indexOf(this.limit);
    return battery.find(({ below, above }, index) => charge < (index >= inForce ? above : below)) ?? null;
  }
}

/** The lower of two layers; names are listed best first. */
function lower(a: LayerName, b: LayerName): LayerName {
  return LAYER_NAMES.indexOf(a) > LAYER_NAMES.indexOf(b) ? a : b;
}
