import type { Endpoint } from './host-endpoints.js';

/** LINKTYPE_WIRESHARK_UPPER_PDU: tags that name a dissector and the endpoints, then the bytes of that protocol. */
export const LINKTYPE_UPPER_PDU = 252;

/** Protocols of a capture, as Wireshark calls their dissectors. */
export type CapturedProtocol = 'rtp' | 'rtcp';

/** Tags of `epan/exported_pdu.h`: type and length are big-endian, values are padded to 4 bytes. */
const Tag = {
  end: 0,
  dissectorName: 12,
  ipv4Source: 20,
  ipv4Destination: 21,
  portType: 24,
  sourcePort: 25,
  destinationPort: 26,
} as const;
const PORT_TYPE_UDP = 3;
const DISSECTOR_NAMES: Readonly<Record<CapturedProtocol, number>> = { rtp: 0x72_74_70_00, rtcp: 0x72_74_63_70 };
const TAG_BYTES = 8;

/** Length of what {@link writeTags} writes. */
export const TAGS_BYTES = 6 * TAG_BYTES + 4;

/** Writes the tags in front of a packet's bytes. */
export function writeTags(
  view: DataView,
  offset: number,
  protocol: CapturedProtocol,
  from: Endpoint,
  to: Endpoint,
): void {
  writeTag(view, offset, Tag.dissectorName, DISSECTOR_NAMES[protocol]);
  writeTag(view, offset + TAG_BYTES, Tag.ipv4Source, from.address);
  writeTag(view, offset + 2 * TAG_BYTES, Tag.ipv4Destination, to.address);
  writeTag(view, offset + 3 * TAG_BYTES, Tag.portType, PORT_TYPE_UDP);
  writeTag(view, offset + 4 * TAG_BYTES, Tag.sourcePort, from.port);
  writeTag(view, offset + 5 * TAG_BYTES, Tag.destinationPort, to.port);
  view.setUint32(offset + 6 * TAG_BYTES, Tag.end);
}

function writeTag(view: DataView, offset: number, tag: number, value: number): void {
  view.setUint16(offset, tag);
  view.setUint16(offset + 2, 4);
  view.setUint32(offset + 4, value);
}
