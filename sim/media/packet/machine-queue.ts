import { type NodeMachine, WAKE_US } from '../../sfu/capacity/index.js';
import type { ArrivedWork, ForwardingQueue } from './forwarding-core.js';
import type { PlaneParts } from './plane-parts.js';

/** Weight of the newest in the mean of service times. */
const MEMORY = 0.05;

/** Work that is done is forgotten in such portions, or when nothing waits. */
const DONE_MAX = 1_024;

/** Work on its way from the socket to the queue. */
interface Entering {
  readonly queue: MachineQueue;
  readonly work: ArrivedWork;
}

/**
 * The packets of a node before its processor, all cores of which serve one after the other. Who would have to wait for
 * too long, by what those before have taken on average, is dropped: so much does the socket hold, not more.
 */
export class MachineQueue implements ForwardingQueue {
  private readonly waiting: ArrivedWork[] = [];
  private head = 0;
  private busy = false;
  /** Of the last ones. */
  private meanServiceUs = 0;

  constructor(
    private readonly parts: Pick<PlaneParts, 'sim' | 'ears'>,
    private readonly machine: NodeMachine,
  ) {}

  take(work: ArrivedWork): void {
    this.parts.sim.after(WAKE_US, enter, { queue: this, work } satisfies Entering);
  }

  /** @internal */
  enter(work: ArrivedWork): void {
    const { machine, waiting } = this;
    const { nowUs } = this.parts.sim;
    const aheadUs = (waiting.length - this.head) * this.meanServiceUs;
    if (work.drop !== undefined && aheadUs > machine.limits.queueMs * 1000) {
      machine.refusedPacket();
      work.drop();
      return;
    }
    machine.entered(nowUs);
    waiting.push(work);
    if (!this.busy) this.begin();
  }

  /** @internal The processor is done with the first. */
  done(): void {
    const { waiting, machine } = this;
    const { nowUs } = this.parts.sim;
    machine.served(nowUs, (waiting[this.head] as ArrivedWork).arrivedUs + WAKE_US);
    this.head++;
    if (this.head === DONE_MAX) {
      waiting.splice(0, DONE_MAX);
      this.head = 0;
    }
    if (this.head < waiting.length) {
      this.begin();
      return;
    }
    waiting.length = this.head = 0;
    this.busy = false;
  }

  private begin(): void {
    const { machine, parts } = this;
    const { sim, ears } = parts;
    const work = this.waiting[this.head] as ArrivedWork;
    this.busy = true;
    const copies = work.perform();
    const serviceUs = work.drop === undefined ? 0 : machine.serviceUs(copies);
    if (work.drop !== undefined) this.meanServiceUs += (serviceUs - this.meanServiceUs) * MEMORY;
    if (copies > 0) {
      // the copies leave one by one
      const insideMs = (sim.nowUs - work.arrivedUs + serviceUs / 2) / 1000;
      ears.forwarded(insideMs, copies);
      machine.forwarding.add(insideMs, copies);
    }
    sim.after(serviceUs, done, this as MachineQueue);
  }
}

function enter({ queue, work }: Entering): void {
  queue.enter(work);
}

function done(queue: MachineQueue): void {
  queue.done();
}
