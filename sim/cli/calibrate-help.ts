import { COLUMNS } from '../sfu/calibration/measured-rows.js';

/** What `deadair calibrate --help` says of the file. */
export const CALIBRATE_HELP = `
The file is CSV with a header. Lines that begin with # are comments. Columns, in any order:
${Object.entries(COLUMNS)
  .map(([name, meaning]) => `  ${name.padEnd(15)} ${meaning}`)
  .join('\n')}

Fitted by least squares, no cost below 0: cores = a x packets in + b x packets out (with --idle: + c), memory = m0 + m1 x participants.
Rows that are held out show how good the fit is at what it has not seen.

Examples:
  deadair calibrate scenarios/capacity/measured/rtcd-two-rows.csv
  deadair calibrate mine.csv --out mine.json --cores 8 --memory 16384 --card 10000
  deadair run ten-large-calls --set topology.sfuNode.profileFile=mine.json`;
