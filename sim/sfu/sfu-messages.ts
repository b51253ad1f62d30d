import type { SfuParticipant } from './sfu-participant.js';

/** Service that clients connect to. */
export const SFU_SERVICE = 'sfu';
/** Service that backends connect to. */
export const SFU_CONTROL_SERVICE = 'sfu-control';

/** Why a node refuses a client. */
export type SfuRefusal = 'room-unknown' | 'wrong-epoch' | 'full' | 'bad-token' | 'unavailable' | 'refused';

/** From a client to a node, on one connection per room. */
export type SfuClientMessage =
  | {
      readonly type: 'join';
      readonly room: string;
      readonly epoch: number;
      readonly userId: string;
      readonly sessionId: string;
      readonly token: string;
    }
  /** ICE and DTLS of the client are done. */
  | { readonly type: 'transport' };

/** From a node to a client. */
export type SfuServerMessage =
  | { readonly type: 'joined' }
  | { readonly type: 'refused'; readonly reason: SfuRefusal }
  /** Both directions are up. Carries the server's end, so that the simulator can join the two. */
  | { readonly type: 'connected'; readonly participant: SfuParticipant }
  /** The node has removed the participant. */
  | { readonly type: 'removed'; readonly reason: string };

/** From a backend to a node. */
export interface SfuRequest {
  readonly id: number;
  readonly call: 'start' | 'stop' | 'participants' | 'list' | 'health';
  readonly room: string;
  readonly epoch: number;
}

/** From a node to a backend: an answer, or `error`. */
export interface SfuResponse {
  readonly id: number;
  readonly error: string | null;
  readonly value: unknown;
}
