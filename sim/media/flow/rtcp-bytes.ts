import { RTCP_BYTES_MAX } from '../../../core/media/wire/rtcp-record.js';
import { RTCP_OVERHEAD_BYTES } from '../packet/transport-end.js';

/** What one end of a transport tells the other in one interval. */
export interface ReportContents {
  /** Streams that it has sent since the report before, and streams of which something has come. */
  readonly senders: number;
  readonly blocks: number;
  /** Letters of the name of who sends here. */
  readonly cnameLength: number;
  /** Packets of comfort noise that transport-wide feedback tells of; null: there is no such feedback. */
  readonly comfort: number | null;
}

/** Header and SSRC of any report, what a sender report has besides, and a block (RFC 3550, section 6.4). */
const REPORT_BYTES = 8;
const SENDER_INFO_BYTES = 20;
const BLOCK_BYTES = 24;
const BLOCKS_MAX = 31;
/** Headers of transport-wide feedback, chunks of statuses, and what fills up the last word on average. */
const FEEDBACK_BYTES = 25;
/** A delta of more ticks than a byte holds takes two, in ms. */
const LARGE_DELTA_MS = 64;

/**
 * Bytes on the wire of the RTCP that one end of a transport sends in an interval, as a `TransportEnd` of the packet fidelity does: sender reports, blocks, a
 * description, transport-wide feedback. What feedback says of speech is not included: it is a byte a packet. 0: there is nothing to say.
 */
export function reportBytes({ senders, blocks, cnameLength, comfort }: ReportContents, everyMs: number): number {
  let bytes = 0;
  if (senders > 0 || blocks > 0) {
    // what the first sender report has no room for goes into receiver reports
    const more = Math.ceil(blocks / BLOCKS_MAX) - (senders > 0 ? 1 : 0);
    bytes += (senders + Math.max(0, more)) * REPORT_BYTES + senders * SENDER_INFO_BYTES + blocks * BLOCK_BYTES;
    bytes += descriptionBytes(cnameLength);
  }
  if (comfort !== null && blocks > 0)
    bytes += FEEDBACK_BYTES + Math.round(comfort * (1 + Math.exp((-LARGE_DELTA_MS * comfort) / everyMs)));
  return bytes === 0 ? 0 : bytes + Math.ceil(bytes / RTCP_BYTES_MAX) * RTCP_OVERHEAD_BYTES;
}

/** A description with a CNAME, whose items end with a null and fill whole words (RFC 3550, section 6.5). */
function descriptionBytes(cnameLength: number): number {
  return 8 + 4 * Math.ceil((cnameLength + 3) / 4);
}
