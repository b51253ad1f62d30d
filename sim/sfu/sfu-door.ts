import type { RedisClient, RedisSubscriber, Timers } from '../../core/ports.js';
import { RevocationWatch } from '../../core/token/revocation-watch.js';
import { TokenGate, type TokenUse } from '../../core/token/token-gate.js';
import type { TokenSigner } from '../../core/token/token-signer.js';
import type { SfuParticipant } from './sfu-participant.js';

/** Classes that a door is made of; each can be replaced. */
export interface DoorClasses {
  readonly TokenGate: typeof TokenGate;
  readonly RevocationWatch: typeof RevocationWatch<SfuParticipant>;
}

/** How to make an {@link SfuDoor}: anew at each boot of the node. */
export interface SfuDoorOptions {
  readonly redis: RedisClient;
  readonly subscriber: RedisSubscriber;
  readonly timers: Timers;
  readonly signer: TokenSigner;
  readonly classes?: Partial<DoorClasses> | undefined;
  readonly inside: () => readonly SfuParticipant[];
  readonly remove: (participant: SfuParticipant) => void;
}

/** Those inside are looked at this often. */
const LOOK_EVERY_MS = 2_000;

/** The core's checks of tokens on a node: who comes in, and who may stay. */
export class SfuDoor {
  private readonly gate: TokenGate;
  private readonly watch: RevocationWatch<SfuParticipant>;

  constructor({ redis, signer, classes, ...parts }: SfuDoorOptions) {
    const { TokenGate: Gate = TokenGate, RevocationWatch: Watch = RevocationWatch<SfuParticipant> } = classes ?? {};
    this.gate = new Gate(redis, signer);
    const log = { write: () => undefined };
    this.watch = new Watch({ redis, ...parts, log, everyMs: LOOK_EVERY_MS });
  }

  start(): void {
    this.watch.start();
  }

  stop(): void {
    this.watch.stop();
  }

  /** The stamp of a good token, or why nobody is let in: `unavailable` when the store cannot be asked. */
  async check(token: string, use: TokenUse, nowMs: number): Promise<number | 'bad-token' | 'unavailable'> {
    try {
      const { claims } = await this.gate.check(token, use, nowMs);
      return claims?.stamp ?? 'bad-token';
    } catch {
      return 'unavailable';
    }
  }
}
