import type { ChoiceStream, Simulation } from '../kernel/index.js';
import type { VirtualClient } from './virtual-client.js';

/** What happens to the devices of a population: `population.devices` of a scenario, resolved. */
export interface DeviceLifeOptions {
  /** Share of devices that run on battery, and whose application goes to the background. */
  readonly mobileShare: number;
  /** Charge at the first arrival, 0 to 1: evenly between these. */
  readonly chargeMin: number;
  readonly chargeMax: number;
  /** Charge that an hour of use takes, 0 to 1. */
  readonly drainPerHour: number;
  /** Mean time between two stays in the background, and mean length of one (exponential); null: it stays in front. */
  readonly background: { readonly everyS: number; readonly forS: number } | null;
  /** Playback waits for a touch. */
  readonly gestureNeeded: boolean;
  /** Mean time from arrival to that touch (exponential). */
  readonly gestureAfterS: number;
}

/** A battery tells of each hundredth of its charge. */
const STEP = 0.01;
const HOUR_US = 3_600e6;

/** The device of one person: its battery empties, it goes to the background and comes back, the person touches it. */
export class DeviceLife {
  private readonly stream: ChoiceStream;
  private charge: number;

  constructor(
    private readonly sim: Simulation,
    private readonly options: DeviceLifeOptions,
    private readonly client: VirtualClient,
  ) {
    const { mobileShare, chargeMin, chargeMax, drainPerHour, gestureNeeded, gestureAfterS } = options;
    this.stream = sim.choices.stream(`device/${client.userId}`);
    this.charge = chargeMin;
    if (gestureNeeded) this.after(this.stream.exponential(gestureAfterS), touch);
    if (!this.stream.chance(mobileShare)) return;
    this.charge = this.stream.between(chargeMin, chargeMax);
    client.changeDevice({ battery: { level: this.charge, charging: false } });
    if (drainPerHour > 0) this.sim.after(Math.round((STEP / drainPerHour) * HOUR_US), drain, this as DeviceLife);
    if (options.background !== null) this.after(this.stream.exponential(options.background.everyS), hide);
  }

  /** @internal */
  drain(): void {
    this.charge = Math.max(0, this.charge - STEP);
    this.client.changeDevice({ battery: { level: this.charge, charging: false } });
    if (this.charge === 0) return;
    this.sim.after(Math.round((STEP / this.options.drainPerHour) * HOUR_US), drain, this as DeviceLife);
  }

  /** @internal */
  touch(): void {
    this.client.changeDevice({ gesture: true });
  }

  /** @internal */
  hide(): void {
    this.client.changeDevice({ background: true });
    this.after(this.stream.exponential(this.options.background!.forS), show);
  }

  /** @internal */
  show(): void {
    this.client.changeDevice({ background: false });
    this.after(this.stream.exponential(this.options.background!.everyS), hide);
  }

  private after(delayS: number, what: (life: DeviceLife) => void): void {
    this.sim.after(Math.round(delayS * 1e6), what, this as DeviceLife);
  }
}

function drain(life: DeviceLife): void {
  life.drain();
}

function touch(life: DeviceLife): void {
  life.touch();
}

function hide(life: DeviceLife): void {
  life.hide();
}

function show(life: DeviceLife): void {
  life.show();
}
