export {
  COUNTEREXAMPLE_FORMAT,
  COUNTEREXAMPLE_VERSION,
  type Counterexample,
  type CounterexampleEvent,
  type CounterexampleHost,
  counterexampleSchema,
  type EventKind,
} from './counterexample-schema.js';
export { renderIssue } from './issue-markdown.js';
export { renderMermaid } from './mermaid-diagram.js';
export { renderPage } from './page/counterexample-page.js';
export { renderPerfetto } from './perfetto-trace.js';
export { renderShiviz, SHIVIZ_PARSER } from './shiviz-log.js';
export { renderTimeline, type TimelineOptions } from './terminal-timeline.js';
