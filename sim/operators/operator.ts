import type { AdminAnswer, AdminCommand, AdminRequest } from '../../core/admin/admin-protocol.js';
import type { TokenSigner } from '../../core/token/token-signer.js';
import type { Host, HostTimer } from '../hosts/index.js';
import type { Connection, Network } from '../net/index.js';

/** Service of the backends that operators connect to. */
export const ADMIN_SERVICE = 'voice-admin';

/** How to make an {@link Operator}. */
export interface OperatorOptions {
  readonly network: Network;
  readonly host: Host;
  readonly backends: readonly Host[];
  readonly signer: TokenSigner;
  /** Told of each answer that ends a request. */
  readonly onAnswer: (command: AdminCommand, answer: AdminAnswer) => void;
}

interface Task {
  readonly operator: Operator;
  readonly request: AdminRequest;
  attempt: number;
  connection: Connection | null;
  timer: HostTimer | null;
}

const ANSWER_MS = 5_000;
const PAUSE_MS = 1_000;
/** An operator's token lives this long. */
const TOKEN_S = 600;
/** An operator asks no more after so many attempts. */
const ATTEMPTS = 120;

/** Somebody who runs the service: sends a command to one backend, then to the next, under the same id, until one has done it. */
export class Operator {
  private requests = 0;

  constructor(private readonly options: OperatorOptions) {}

  send(command: AdminCommand): void {
    const { host, signer } = this.options;
    const id = `${host.id}-${++this.requests}`;
    const nowS = Math.floor(host.nowMs() / 1000);
    const token = signer.writeAdmin({
      sub: host.id,
      iat: nowS,
      nbf: nowS,
      exp: nowS + TOKEN_S,
      jti: id,
      video: { roomAdmin: true },
    });
    this.attempt({ operator: this, request: { id, token, command }, attempt: 0, connection: null, timer: null });
  }

  /** @internal */
  attempt(task: Task): void {
    const { network, host, backends } = this.options;
    const backend = backends[(this.requests + task.attempt++) % backends.length]!;
    task.timer = host.after(ANSWER_MS * 1000, late, task);
    task.connection = network.connect(host, backend, ADMIN_SERVICE, {
      onOpen: (connection) => connection.send(task.request, 1_000),
      onMessage: (answer, connection) => this.answered(task, connection, answer as AdminAnswer),
      onClose: (_reason, connection) => {
        if (connection === task.connection) this.again(task);
      },
    });
  }

  /** @internal not done: another backend is asked */
  again(task: Task): void {
    const { host } = this.options;
    if (task.timer !== null) host.cancelTimer(task.timer);
    const { connection } = task;
    task.connection = null;
    connection?.close('no answer');
    task.timer = task.attempt < ATTEMPTS ? host.after(PAUSE_MS * 1000, retry, task) : null;
  }

  private answered(task: Task, connection: Connection, answer: AdminAnswer): void {
    if (connection !== task.connection) return;
    if (!answer.ok && answer.code === 'unavailable') {
      this.again(task);
      return;
    }
    const { host, onAnswer } = this.options;
    if (task.timer !== null) host.cancelTimer(task.timer);
    task.connection = null;
    connection.close('answered');
    host.sim.trace.record(host.id, 'operator.answer', task.request.id, answer.ok ? 'ok' : answer.code);
    onAnswer(task.request.command, answer);
  }
}

function late(task: Task): void {
  task.operator.again(task);
}

function retry(task: Task): void {
  task.operator.attempt(task);
}
