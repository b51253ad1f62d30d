import type { SfuControl, SfuHealthReport, SfuRoom } from '../../core/ports.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Connection, Network } from '../net/index.js';
import { SFU_CONTROL_SERVICE, type SfuRequest, type SfuResponse } from './sfu-messages.js';

/** How to make a {@link SimulatedSfuControl}. */
export interface SfuControlOptions {
  readonly sim: Simulation;
  readonly network: Network;
  /** The backend that asks. Make a new control at every boot of it. */
  readonly host: Host;
  /** Node name -> host. */
  readonly nodes: ReadonlyMap<string, Host>;
  /** A call that has not been answered after this long is rejected. Default 3 000 ms. */
  readonly timeoutMs?: number;
}

interface Call {
  readonly line: Line;
  readonly request: SfuRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  timer: HostTimer | null;
}

/** The connection to one node; opened by the first call, again after a loss. */
interface Line {
  readonly name: string;
  connection: Connection | null;
  /** Calls not answered yet. */
  readonly calls: Map<number, Call>;
}

/** Why a call to a node failed. */
export class SfuControlError extends Error {
  constructor(
    readonly code: 'timeout' | 'connection' | 'rejected' | 'full' | 'unknown-node',
    message: string,
  ) {
    super(message);
    this.name = 'SfuControlError';
  }
}

/** The core's port to the SFU cluster over the simulated network. */
export class SimulatedSfuControl implements SfuControl {
  private readonly lines = new Map<string, Line>();
  private nextId = 1;

  constructor(private readonly options: SfuControlOptions) {}

  async startRoom(room: SfuRoom): Promise<void> {
    await this.call(room.node, 'start', room.room, room.epoch);
  }

  async stopRoom(room: SfuRoom): Promise<void> {
    await this.call(room.node, 'stop', room.room, room.epoch);
  }

  async participants(room: SfuRoom): Promise<string[]> {
    return (await this.call(room.node, 'participants', room.room, room.epoch)) as string[];
  }

  async listRooms(node: string): Promise<SfuRoom[]> {
    return (await this.call(node, 'list', '', 0)) as SfuRoom[];
  }

  async health(node: string): Promise<SfuHealthReport> {
    return (await this.call(node, 'health', '', 0)) as SfuHealthReport;
  }

  private call(node: string, call: SfuRequest['call'], room: string, epoch: number): Promise<unknown> {
    const { host, nodes, timeoutMs = 3000 } = this.options;
    if (!nodes.has(node)) return Promise.reject(new SfuControlError('unknown-node', `there is no SFU node ${node}`));
    return new Promise((resolve, reject) => {
      const line = this.line(node);
      const pending: Call = { line, request: { id: this.nextId++, call, room, epoch }, resolve, reject, timer: null };
      line.calls.set(pending.request.id, pending);
      pending.timer = host.after(timeoutMs * 1000, this.expired, pending);
      if (line.connection === null) this.open(line);
      else if (line.connection.open) line.connection.send(pending.request, 200);
    });
  }

  private line(name: string): Line {
    let line = this.lines.get(name);
    if (line === undefined) {
      line = { name, connection: null, calls: new Map() };
      this.lines.set(name, line);
    }
    return line;
  }

  private open(line: Line): void {
    const { network, host, nodes } = this.options;
    const connection = network.connect(host, nodes.get(line.name) as Host, SFU_CONTROL_SERVICE, {
      onOpen: (opened) => {
        for (const call of line.calls.values()) opened.send(call.request, 200);
      },
      onMessage: (message) => this.answer(line, message as SfuResponse),
      onClose: (reason, closed) => {
        if (line.connection !== null && line.connection !== closed) return;
        line.connection = null;
        for (const call of [...line.calls.values()]) {
          this.settle(call);
          call.reject(new SfuControlError('connection', `connection to SFU node ${line.name} lost: ${reason}`));
        }
      },
    });
    line.connection = connection;
  }

  private answer(line: Line, response: SfuResponse): void {
    const call = line.calls.get(response.id);
    if (call === undefined) return;
    this.settle(call);
    if (response.error === null) call.resolve(response.value);
    else {
      const code = response.error === 'full' ? 'full' : 'rejected';
      call.reject(new SfuControlError(code, `SFU node ${line.name}: ${response.error}`));
    }
  }

  private readonly expired = (call: Call): void => {
    call.timer = null;
    this.settle(call);
    call.reject(
      new SfuControlError('timeout', `SFU node ${call.line.name} did not answer ${call.request.call} in time`),
    );
  };

  /** The call is over; the promise is settled by the caller, in this event. */
  private settle(call: Call): void {
    call.line.calls.delete(call.request.id);
    if (call.timer !== null) this.options.host.cancelTimer(call.timer);
    this.options.sim.wake();
  }
}
