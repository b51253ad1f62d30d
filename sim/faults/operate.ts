import type { ActiveFault, FaultContext } from './fault-context.js';

/** What a scenario says of an operator's command. */
interface Command {
  readonly do: 'force-p2p' | 'lift-p2p' | 'clear-stuck' | 'reconcile' | 'health' | 'revoke-tokens';
  readonly user: number;
}

/** An operator gives a command. It is over when it is given; what comes of it is the service's business. */
export function operate(context: FaultContext, { do: what, user }: Command): ActiveFault {
  context.operate(what === 'revoke-tokens' ? { do: what, userId: String(user) } : { do: what });
  return { targets: ['operator-1'], end: () => undefined };
}
