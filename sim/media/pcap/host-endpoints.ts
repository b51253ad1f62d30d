/** Where a packet comes from or goes to. */
export interface Endpoint {
  /** IPv4, 32 bits. */
  readonly address: number;
  readonly port: number;
}

const FIRST_ADDRESS = 0x0a_00_00_01;
/** From the range of ephemeral ports: each host has one bundled transport. */
const PORT = 50_000;

/** Addresses for hosts of a world, which have only names: 10.0.0.1 on, in the order of asking. */
export class HostEndpoints {
  private readonly endpoints = new Map<string, Endpoint>();

  /** @param hostId name of a host; the same name has always the same endpoint */
  of(hostId: string): Endpoint {
    let endpoint = this.endpoints.get(hostId);
    if (!endpoint) {
      endpoint = { address: FIRST_ADDRESS + this.endpoints.size, port: PORT };
      this.endpoints.set(hostId, endpoint);
    }
    return endpoint;
  }
}
