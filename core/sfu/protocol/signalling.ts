import { z } from 'zod';
import { candidate, identifier, layer, rateKbps, roomId, sdp, share } from './fields.js';

const inRoom = { room: roomId };
const ofConsumer = { ...inRoom, consumerId: identifier };

/** What a client says in the signalling by offer and answer (B2). What succeeds is answered where there is something to answer; what does not, with `refused`. */
export const clientSignals = [
  /** Offers a track: answered with `publish-answer`. Also for a new negotiation of the same track. */
  z.strictObject({ type: z.literal('publish-offer'), ...inRoom, sdp }),
  z.strictObject({ type: z.literal('publish-candidate'), ...inRoom, candidate }),
  /** Wants a track: answered with `consume-offer`. */
  z.strictObject({ type: z.literal('subscribe'), ...inRoom, publisherId: identifier }),
  /** Agrees: the track begins, `track-added` says so. */
  z.strictObject({ type: z.literal('consume-answer'), ...ofConsumer, sdp }),
  z.strictObject({ type: z.literal('consume-candidate'), ...ofConsumer, candidate }),
  /**
   * Wants nothing better than this of a track; `auto`: whatever can be carried; `off`: nothing, until `resume`. `standby`: it is not played yet, because
   * the listener hears the track over another path, as in a move from a mesh. Default false.
   */
  z.strictObject({
    type: z.literal('quality-update'),
    ...ofConsumer,
    layer: z.enum([...layer.options, 'auto', 'off']),
    standby: z.boolean().optional(),
  }),
  /** What the client itself thinks it can receive in all, headers counted, and how much of the last second was lost. */
  z.strictObject({ type: z.literal('bandwidth-update'), ...inRoom, availableKbps: rateKbps, lossShare: share }),
] as const;

/** What the server says in it. */
export const serverSignals = [
  z.strictObject({ type: z.literal('publish-answer'), ...inRoom, publisherId: identifier, sdp }),
  z.strictObject({ type: z.literal('publish-candidate'), ...inRoom, candidate }),
  z.strictObject({ type: z.literal('consume-offer'), ...ofConsumer, publisherId: identifier, sdp }),
  z.strictObject({ type: z.literal('consume-candidate'), ...ofConsumer, candidate }),
  /** A track that was agreed to arrives from now on; no longer. */
  z.strictObject({ type: z.literal('track-added'), ...ofConsumer, publisherId: identifier }),
  z.strictObject({ type: z.literal('track-removed'), ...ofConsumer, publisherId: identifier }),
  /** The layer that is sent from now on. */
  z.strictObject({ type: z.literal('quality-update'), ...ofConsumer, layer }),
  /** What the server thinks that the client can send. */
  z.strictObject({ type: z.literal('bandwidth-update'), ...inRoom, availableKbps: rateKbps }),
] as const;
