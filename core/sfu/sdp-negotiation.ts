import { LAYER_NAMES } from '../media/layers.js';
import type { Consumer } from './consumer.js';
import type { SfuNegotiation } from './media-server-options.js';
import type { Encoding } from './publisher.js';
import {
  makeAnswer,
  makeOffer,
  parseAnswer,
  parseOffer,
  SdpError,
  type TransportCredentials,
  type VoiceDescription,
} from './sdp/index.js';

/** The peer connections behind {@link SdpNegotiation}: ICE and DTLS. `consumer`: null for the one that a session publishes over. */
export interface PeerTransports {
  /** The server's own end. */
  credentials(room: string, sessionId: string, consumer: Consumer | null): TransportCredentials;
  /** Both sides have agreed: `remote` is the client's end. */
  agreed(room: string, sessionId: string, consumer: Consumer | null, remote: VoiceDescription): void;
  /** Throws when the candidate cannot be read. */
  addCandidate(room: string, sessionId: string, consumer: Consumer | null, candidate: string): void;
}

/**
 * Offers and answers of a media server as SDP (B2, B6): a publisher's simulcast of up to three encodings is answered with those of them that are
 * layers here; a consumer is offered one voice without simulcast. SSRCs are not in the SDP: the router is told of them by `bind`. Loads werift.
 */
export class SdpNegotiation implements SfuNegotiation {
  /** What a consumer was offered last. */
  protected readonly offers = new WeakMap<Consumer, VoiceDescription>();
  protected made = 0;

  constructor(protected readonly transports: PeerTransports) {}

  /** @throws SdpError */
  answerPublish(room: string, sessionId: string, sdp: string): { sdp: string; encodings: Encoding[] } {
    const offer = parseOffer(sdp);
    const layers = LAYER_NAMES.filter((layer) => offer.encodings.some(({ rid }) => rid === layer));
    const transport = this.transports.credentials(room, sessionId, null);
    const answer = makeAnswer(offer, { sessionId: this.origin(), transport, accept: layers });
    this.transports.agreed(room, sessionId, null, offer);
    const received = layers.length > 0 ? layers : (['h'] as const);
    return { sdp: answer, encodings: received.map((layer) => ({ layer, ssrc: null })) };
  }

  offerConsume(room: string, consumer: Consumer): string {
    const transport = this.transports.credentials(room, consumer.sessionId, consumer);
    const sdp = makeOffer({ sessionId: this.origin(), transport, encodings: [] });
    this.offers.set(consumer, parseOffer(sdp));
    return sdp;
  }

  /** @throws SdpError */
  acceptConsume(room: string, consumer: Consumer, sdp: string): void {
    const offer = this.offers.get(consumer);
    if (offer === undefined) throw new SdpError('malformed', 'this answers no offer: subscribe first');
    this.transports.agreed(room, consumer.sessionId, consumer, parseAnswer(sdp, offer));
  }

  addCandidate(room: string, sessionId: string, consumer: Consumer | null, candidate: string): void {
    this.transports.addCandidate(room, sessionId, consumer, candidate);
  }

  /** Session id of an `o=` line. */
  protected origin(): string {
    return `${++this.made}`;
  }
}
