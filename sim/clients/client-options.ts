/** Numbers of the clients that are not the core's. Times in milliseconds. */
export interface ClientOptions {
  /** Round trips until the connection to a backend is open; 3: TCP, TLS, WebSocket. Default 3. */
  readonly backendRoundTrips: number;
  /** A connection that has not said `welcome` for this long is given up. Default 10 000. */
  readonly welcomeTimeoutMs: number;
  /** Longest first wait after a lost connection (uniform from 0). Default 1 000. */
  readonly reconnectFirstMs: number;
  /** Further waits, the last one repeated, each +- 50 % (VOICE section 6). Default 3 000, 5 000, 7 000. */
  readonly reconnectMs: readonly number[];
  /** A proper leave waits this long for its confirmation before the tab is closed. Default 1 000. */
  readonly leaveWaitMs: number;
  /** The person closes the first tab this long after opening a second. Default 15 000. */
  readonly oldTabMs: number;
  /** A peer-to-peer link that is not up is offered (or asked for) again this often. Default 2 000. */
  readonly peerRetryMs: number;
  /** Repetition of an ICE check without answer. Default 500. */
  readonly peerCheckMs: number;
  /** An offer that came before the own `open` is remembered this long. Default 10 000. */
  readonly earlyOfferMs: number;
  /** A link without consent for this long is down (RFC 7675 section 5.1: 30 s). Default 30 000. */
  readonly consentTimeoutMs: number;
  /** ... and looks disconnected after this. Default 5 000. */
  readonly suspectAfterMs: number;
  /** An allocation at a TURN server is refreshed this often: half of its life (RFC 8656, section 7). Default 300 000. */
  readonly turnRefreshMs: number;
  /** Limit of one attempt to connect to an SFU: three and their pauses fit into a migration. Default 8 000. */
  readonly sfuConnectMs: number;
  /** An SFU connection without RTCP for this long is down. Default 5 000. */
  readonly rtcpTimeoutMs: number;
}

export const defaultClientOptions: ClientOptions = {
  backendRoundTrips: 3,
  welcomeTimeoutMs: 10_000,
  reconnectFirstMs: 1_000,
  reconnectMs: [3_000, 5_000, 7_000],
  leaveWaitMs: 1_000,
  oldTabMs: 15_000,
  peerRetryMs: 2_000,
  peerCheckMs: 500,
  earlyOfferMs: 10_000,
  consentTimeoutMs: 30_000,
  suspectAfterMs: 5_000,
  turnRefreshMs: 300_000,
  sfuConnectMs: 8_000,
  rtcpTimeoutMs: 5_000,
};
