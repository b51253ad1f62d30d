export { type Mark, type MarkId, markCatalogue } from './catalogue.js';
export { Marks } from './marks.js';
export { marksReport } from './marks-report.js';
