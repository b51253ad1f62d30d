import type { CapacityFile } from './capacity-schema.js';
/** The page. */
export function renderCapacityHtml(file: CapacityFile): string {
  return file.kind;
}
