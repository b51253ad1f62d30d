export { renderHtml } from './html/html-report.js';
export { renderJson } from './json-report.js';
export { renderJunit } from './junit-report.js';
export { renderMarkdown } from './markdown-report.js';
export { renderPrometheus } from './prometheus-report.js';
export { ResultFileError, readResult } from './read-result.js';
export { RESULT_SCHEMA_VERSION, type RunResult, resultSchema, type Verdict } from './result-schema.js';
export { renderTerminal } from './terminal-report.js';
export { checkWritable, writeAtomically } from './write-file.js';
