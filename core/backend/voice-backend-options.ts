import type { PlacementOptions } from '../cluster/placement.js';
import type { Policy } from '../policy.js';
import type {
  ClientGateway,
  Clock,
  Log,
  Metrics,
  Randomness,
  RedisClient,
  RedisSubscriber,
  SfuControl,
  Timers,
} from '../ports.js';
import type { RolloutPlan } from '../rollout/rollout-plan.js';
import type { TokenIssuer } from '../token/token-book.js';
import type { TokenPolicy } from '../token/token-claims.js';
import type { TokenSigner } from '../token/token-signer.js';
import type { TurnCredentialDesk } from '../token/turn-credentials.js';
import type { Collaborators } from './collaborators.js';

/** Everything a backend needs from its host. */
export interface VoiceBackendPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Randomness;
  readonly redis: RedisClient;
  readonly subscriber: RedisSubscriber;
  readonly sfu: SfuControl;
  readonly gateway: ClientGateway;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly tokens: TokenIssuer;
}

/** Signed tokens (A8): with these, `ports.tokens` is not asked. */
export interface TokenOptions {
  readonly signer: TokenSigner;
  readonly policy: TokenPolicy;
}

export interface VoiceBackendOptions {
  /** Unique for each start of the process: clean-ups are made for an instance, never for a name. */
  readonly instance: string;
  readonly policy: Policy;
  readonly sfuNodes: readonly string[];
  /** Of these, nodes that do not run until autoscaling starts them. Default: none. */
  readonly sfuStandby?: readonly string[] | undefined;
  /** Where new rooms go. Default: the better of two random choices. */
  readonly placement?: PlacementOptions | undefined;
  readonly ports: VoiceBackendPorts;
  readonly tokens?: TokenOptions | undefined;
  /** Makes credentials for TURN servers (C4); without, clients get none. */
  readonly turn?: TurnCredentialDesk | undefined;
  /** The hybrid service is given to a growing share of the users (C5). Default: everybody has it. */
  readonly rollout?: RolloutPlan | undefined;
  /** Classes to use instead of the core's own. */
  readonly collaborators?: Partial<Collaborators>;
}
