import type { MadeUpEvidence } from '../made-up-evidence.js';

/** What happens, and what the oracle says about it: one pattern a finding, none where it has to be silent. */
export type Case = readonly [
  what: string,
  happen: (evidence: MadeUpEvidence) => void,
  said: readonly (string | RegExp)[],
];

/** Cases by the oracle's id. */
export type Cases = Readonly<Record<string, readonly Case[]>>;
