import { VoiceBackend } from '../../../core/backend/voice-backend.js';
import type { Policy } from '../../../core/policy.js';
import type { ClientMessage, ServerMessage } from '../../../core/protocol.js';
import type { ChoiceStream } from '../../../sim/kernel/index.js';
import { makeSfuToken } from '../../../sim/sfu/index.js';
import type { Replacements } from '../../../sim/world/world.js';
import type { Connection, EndListener, Fabric } from './fabric.js';
import { Process } from './process.js';
import { Control, type Node } from './sfu.js';
import { redisClient, redisSubscriber, type Store } from './store.js';

type Line = Connection<ClientMessage, ServerMessage>;

interface BackendParts {
  readonly id: string;
  readonly fabric: Fabric;
  readonly policy: Policy;
  readonly store: Store;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly stream: ChoiceStream;
  readonly collaborators: Replacements;
}

/** The real backend core as a process that can be stopped and killed. */
export class Backend {
  readonly process: Process;
  private core: VoiceBackend | null = null;
  private readonly lines = new Map<string, Line>();
  private names = 0;

  constructor(private readonly parts: BackendParts) {
    this.process = new Process(parts.fabric.time, parts.id, {
      boot: () => this.boot(),
      down: () => {
        // a dead process sets no timers and sends nothing: what it still resolves goes nowhere
        this.core?.stop();
        this.core = null;
        this.lines.clear();
      },
    });
    this.process.start();
  }

  accept(line: Line): EndListener<ClientMessage> | null {
    const { core } = this;
    if (core === null) return null;
    const name = `c${++this.names}`;
    this.lines.set(name, line);
    return {
      onMessage: (message) => core.onMessage(name, message),
      onClose: (clean) => {
        this.lines.delete(name);
        core.onClose(name, clean);
      },
    };
  }

  private boot(): void {
    const { process, parts } = this;
    const { fabric, policy, store, nodes, stream, collaborators } = parts;
    const { VoiceBackend: Core = VoiceBackend, ModeController: _client, ...rest } = collaborators;
    let unique = 0;
    const { life } = process;
    const core: VoiceBackend = new Core({
      instance: `${parts.id}.${life}`,
      policy,
      sfuNodes: [...nodes.keys()],
      collaborators: rest,
      ports: {
        clock: fabric.time,
        timers: process.timers,
        random: { unique: () => `${parts.id}.${life}.${++unique}`, uniform: () => stream.uniform() },
        redis: redisClient(store, process),
        subscriber: redisSubscriber(store, process),
        sfu: new Control(process, nodes),
        gateway: {
          send: (name, message) => {
            if (this.core === core) this.lines.get(name)?.answer(message.type, structuredClone(message));
          },
          close: (name) => {
            if (this.core !== core) return;
            this.lines.get(name)?.closeFar();
            this.lines.delete(name);
          },
        },
        metrics: { count: () => undefined, observe: () => undefined },
        log: { write: () => undefined },
        tokens: { issue: (userId, room) => makeSfuToken({ ...room, userId }) },
      },
    });
    this.core = core;
    core.start();
  }
}
