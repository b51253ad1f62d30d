import type { Process } from './process.js';
import type { VirtualTime } from './virtual-time.js';

/** Lets a message go on: at once, in its time, or when fast-check says so. */
export type Release = (label: string, run: () => void, latencyUs: number) => void;

/** Everything that goes from one process to another. */
export class Fabric {
  private readonly cuts = new Set<{ readonly from: (id: string) => boolean; readonly to: (id: string) => boolean }>();
  private readonly stalled = new Set<Lane>();

  /**
   * @param latencyUs of a message between two processes
   * @param onReachability who reaches whom has changed
   */
  constructor(
    readonly time: VirtualTime,
    readonly latencyUs: (from: string, to: string) => number,
    readonly release: Release,
    private readonly onReachability: () => void,
  ) {}

  reachable(from: string, to: string): boolean {
    for (const cut of this.cuts) if (cut.from(from) && cut.to(to)) return false;
    return true;
  }

  /** Nothing gets from some to others for a time; what was sent waits. */
  cut(from: (id: string) => boolean, to: (id: string) => boolean, forUs: number | undefined): void {
    const cut = { from, to };
    this.cuts.add(cut);
    this.onReachability();
    if (forUs === undefined) return;
    this.time.after(forUs, () => {
      this.cuts.delete(cut);
      this.onReachability();
      for (const lane of [...this.stalled]) {
        this.stalled.delete(lane);
        lane.pump();
      }
    });
  }

  /** @internal */
  stall(lane: Lane): void {
    this.stalled.add(lane);
  }
}

interface Message {
  readonly label: string;
  readonly arrivesUs: number;
  readonly run: () => void;
  readonly dropped: (() => void) | undefined;
}

/** One direction between two processes: messages keep their order, as on a connection. */
export class Lane {
  private readonly queue: Message[] = [];
  private busy = false;

  constructor(
    private readonly fabric: Fabric,
    private readonly from: Process,
    private readonly to: Process,
  ) {}

  /** @param dropped done instead when the receiver is down */
  send(label: string, run: () => void, dropped?: () => void): void {
    const { from, to, fabric } = this;
    const arrivesUs = fabric.time.nowUs + fabric.latencyUs(from.id, to.id);
    this.queue.push({ label, arrivesUs, run, dropped });
    this.pump();
  }

  /** @internal */
  pump(): void {
    if (this.busy || this.queue.length === 0) return;
    const { from, to, fabric } = this;
    if (!fabric.reachable(from.id, to.id)) {
      fabric.stall(this);
      return;
    }
    this.busy = true;
    const deliver = () => {
      this.busy = false;
      const { run, dropped } = this.queue.shift()!;
      if (to.state === 'down') dropped?.();
      else to.run(run);
      this.pump();
    };
    const { label, arrivesUs } = this.queue[0]!;
    fabric.release(`${from.id} > ${to.id}: ${label}`, deliver, Math.max(0, arrivesUs - fabric.time.nowUs));
  }
}

/** What one end of a connection hears. */
export interface EndListener<M> {
  onMessage(message: M): void;
  /** @param clean the other end has closed it on purpose */
  onClose(clean: boolean): void;
}

interface End<M> {
  readonly process: Process;
  readonly lane: Lane;
  listener: EndListener<M> | null;
  open: boolean;
}

/** A connection between two processes, as TCP would have it. */
export class Connection<There, Back> {
  private readonly near: End<Back>;
  private readonly far: End<There>;

  /** @param accept called at the far end when the first message arrives; null refuses */
  constructor(
    fabric: Fabric,
    near: Process,
    far: Process,
    listener: EndListener<Back> & { onOpen(): void },
    accept: (connection: Connection<There, Back>) => EndListener<There> | null,
  ) {
    this.near = { process: near, lane: new Lane(fabric, near, far), listener, open: true };
    this.far = { process: far, lane: new Lane(fabric, far, near), listener: null, open: true };
    const die = (dead: End<unknown>, other: End<unknown>) => {
      if (!dead.open) return;
      dead.open = false;
      dead.lane.send('reset', () => this.closed(other, false));
    };
    const nearDies = () => die(this.near, this.far);
    near.mourners.add(nearDies);
    const refuse = () => {
      this.far.open = false;
      this.far.lane.send('refused', () => this.closed(this.near, false));
    };
    this.near.lane.send(
      'connect',
      () => {
        if (!this.far.open) return;
        this.far.listener = accept(this);
        if (this.far.listener === null) {
          refuse();
          return;
        }
        far.mourners.add(() => die(this.far, this.near));
        this.far.lane.send('accept', () => {
          if (this.near.open) listener.onOpen();
        });
      },
      refuse,
    );
  }

  get open(): boolean {
    return this.near.open && this.far.open;
  }

  get openNear(): boolean {
    return this.near.open;
  }

  send(label: string, message: There): void {
    if (!this.near.open) return;
    this.near.lane.send(label, () => {
      if (this.far.open) this.far.listener?.onMessage(message);
    });
  }

  answer(label: string, message: Back): void {
    if (!this.far.open) return;
    this.far.lane.send(label, () => {
      if (this.near.open) this.near.listener?.onMessage(message);
    });
  }

  /** The near end closes. */
  close(clean: boolean): void {
    if (!this.near.open) return;
    this.near.open = false;
    this.near.lane.send('close', () => this.closed(this.far, clean));
  }

  /** The far end closes. */
  closeFar(): void {
    if (!this.far.open) return;
    this.far.open = false;
    this.far.lane.send('close', () => this.closed(this.near, false));
  }

  private closed(end: End<unknown>, clean: boolean): void {
    if (!end.open) return;
    end.open = false;
    end.listener?.onClose(clean);
  }
}
