import type { CapacityFile } from './schema.js';

/** The file: JSON with one key a line, and one setting a line, so that it can be read and compared. */
export function renderCapacityJson(file: CapacityFile): string {
  const lines = Object.entries(file)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `  ${JSON.stringify(key)}: ${key === 'settings' ? settings(value as unknown[]) : JSON.stringify(value)}`,
    );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function settings(items: readonly unknown[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
}
