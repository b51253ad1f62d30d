import type { AdminCommand } from '../../core/admin/admin-protocol.js';
import type { Host } from '../hosts/index.js';
import type { Simulation } from '../kernel/index.js';
import type { Network } from '../net/index.js';
import type { SfuNodeFaults } from '../sfu/index.js';

/** What faults need of the world. */
export interface FaultContext {
  readonly sim: Simulation;
  readonly network: Network;
  /** Every host by id. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** The host that is the Redis primary now. */
  primary(): Host;
  /** Forgets the data of a Redis host that is down. */
  wipeRedis(host: Host): void;
  /** Gives a command of an operator. */
  operate(command: AdminCommand): void;
  /** What is wrong with the SFU node of a host, to be changed. */
  sfuFaults(host: Host): SfuNodeFaults;
  /** Breaks the connections of a share of the clients inside the SFU node of a host. */
  dropClients(host: Host, share: number): void;
}

/** A fault that has begun. `end` undoes it; it must work at any later time. */
export interface ActiveFault {
  /** Ids of the hosts it hit, of those that appeared later as well. */
  readonly targets: readonly string[];
  /** Names of hosts that it would hit, but that are not there yet. */
  readonly awaited?: readonly string[];
  /** A host has appeared while the fault lasts; returns whether that is hit, too. */
  readonly appear?: (host: Host) => boolean;
  readonly end: () => void;
}
