import { formatClock, formatNumber } from '../../reports/format.js';

/** How far a run is. */
export interface Progress {
  readonly simulatedS: number;
  readonly totalS: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Wall time since the start, in s. */
  readonly wallS: number;
}

const TTY_EVERY_S = 0.1;
const LOG_EVERY_S = 10;

/** Shows progress on stderr: one line rewritten on a terminal, else a line every ten seconds. */
export class ProgressLine {
  private shownAtS = 0;
  private visible = false;

  /** @param quiet show nothing */
  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly label: string,
    private readonly quiet: boolean,
  ) {}

  update(progress: Progress): void {
    this.show(progress.wallS, () => describeProgress(this.label, progress));
  }

  /**
   * Shows a text, unless the last one is very new.
   * @param wallS wall time since the start, in s
   */
  show(wallS: number, text: string | (() => string)): void {
    if (wallS < this.shownAtS) this.shownAtS = 0;
    if (this.quiet || wallS - this.shownAtS < (this.stream.isTTY ? TTY_EVERY_S : LOG_EVERY_S)) return;
    this.shownAtS = wallS;
    const line = typeof text === 'string' ? `${this.label}  ${text}` : text();
    if (this.stream.isTTY) {
      this.stream.write(`\r\x1b[2K${line.slice(0, (this.stream.columns || 80) - 1)}`);
      this.visible = true;
    } else {
      this.stream.write(`${line}\n`);
    }
  }

  /** Takes the line away. */
  clear(): void {
    if (this.visible) this.stream.write('\r\x1b[2K');
    this.visible = false;
  }
}

/** `mixed-load  12:30 of 30:30  41 %  812 345 events/s  3 s left` */
export function describeProgress(label: string, progress: Progress): string {
  const { simulatedS, totalS, eventsPerSecond, wallS } = progress;
  const share = totalS > 0 ? Math.min(1, simulatedS / totalS) : 1;
  const remaining = share > 0.01 ? `${formatNumber((wallS / share) * (1 - share), 0)} s left` : '';
  const speed = `${formatNumber(eventsPerSecond, 0)} events/s`;
  const parts = [
    label,
    `${formatClock(simulatedS)} of ${formatClock(totalS)}`,
    `${Math.floor(share * 100)} %`,
    speed,
    remaining,
  ];
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .replaceAll('\u202f', ' ');
}
