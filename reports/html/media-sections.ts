import type { MediaResult, RunResult } from '../result-schema.js';
import type { ChartSpec } from './chart-spec.js';
import { hearingSection, layerSection } from './hearing-section.js';
import { scoreSection } from './score-section.js';
import { silenceSection } from './silence-section.js';
import { bandwidthSection, delaySection } from './transport-section.js';

/** A part of the page. */
export interface PageSection {
  readonly id: string;
  readonly title: string;
  readonly html: string;
}

/** Everything that the page says of voice. */
export function mediaSections(
  result: RunResult,
  media: MediaResult,
): { readonly sections: readonly PageSection[]; readonly specs: readonly ChartSpec[] } {
  const score = scoreSection(result, media);
  const delays = delaySection(result, media);
  const bandwidth = bandwidthSection(result, media);
  return {
    sections: [
      { id: 'voice', title: 'How well voice was understood', html: score.html },
      { id: 'hearing', title: 'Who heard whom', html: hearingSection(result, media) },
      { id: 'silences', title: 'Spoken, but not heard', html: silenceSection(result, media) },
      { id: 'delays', title: 'Delay of voice', html: delays.html },
      { id: 'layers', title: 'Layers received', html: layerSection(result, media) },
      { id: 'bandwidth', title: 'Bandwidth estimate and capacity', html: bandwidth.html },
    ],
    specs: [...score.specs, ...delays.specs, ...bandwidth.specs],
  };
}
