import { readFileSync } from 'node:fs';

/** Version of this deadair, from its package.json (beside the sources, and one floor above `dist/`). */
export function deadairVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        name?: unknown;
        version?: unknown;
      };
      if (manifest.name === 'deadair' && typeof manifest.version === 'string') return manifest.version;
    } catch {
      // not on this floor
    }
  }
  return '0.0.0';
}
