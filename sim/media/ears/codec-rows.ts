import type { LayerName } from '../../../core/media/layers.js';
import type { CodecRow } from './e-model.js';

/** ITU-T G.113, appendix I: narrow band. */
export const G711: CodecRow = { name: 'G.711', scale: 'narrow-band', ie: 0, bpl: 4.3 };
export const G729A: CodecRow = { name: 'G.729A', scale: 'narrow-band', ie: 11, bpl: 19 };

/** EVS in full band (G.113): rows by bit rate. */
export const EVS_48: CodecRow = { name: 'EVS 48 kbit/s', scale: 'full-band', ie: 10.2, bpl: 9.6 };
export const EVS_32: CodecRow = { name: 'EVS 32 kbit/s', scale: 'full-band', ie: 8.7, bpl: 9.3 };
export const EVS_24: CodecRow = { name: 'EVS 24.4 kbit/s', scale: 'full-band', ie: 7.2, bpl: 11.4 };
export const EVS_16: CodecRow = { name: 'EVS 16.4 kbit/s', scale: 'full-band', ie: 10.8, bpl: 10.3 };

/**
 * G.113 has no row for Opus: the EVS row nearest in bit rate stands in for each layer. The published rows do not fall with the bit
 * rate (32 kbit/s is rated better than 48), so that a layer alone hardly changes the score: loss and delay do.
 */
export const OPUS_ROWS: Readonly<Record<LayerName, CodecRow>> = { h: EVS_48, m: EVS_32, l: EVS_16 };
