export { EVS_16, EVS_24, EVS_32, EVS_48, G711, G729A, OPUS_ROWS } from './codec-rows.js';
export { type CodecRow, delayImpairment, lossImpairment, meanOpinion, rating } from './e-model.js';
export type { EarListener } from './ear-listener.js';
export type { EarPair } from './ear-pair.js';
export { Ears, type EarsOptions } from './ears.js';
export type { EarsListener, PoorVoice } from './ears-listener.js';
export { HearingState, type PairStrip } from './hearing-strips.js';
export type { Impairment, ImpairmentKind, LinkTruth } from './impairment.js';
export type { DiscontinuityKind, GapCause, VoiceEnd, VoiceGap, VoiceInterval } from './voice.js';
