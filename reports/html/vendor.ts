import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Source of chart.js and its annotation plugin as browser scripts, read from the installed packages; in the order of loading. */
export function vendorScripts(): string[] {
  return [read('chart.js', 'chart.umd.min.js'), read('chartjs-plugin-annotation', 'chartjs-plugin-annotation.min.js')];
}

function read(packageName: string, file: string): string {
  // The entry point lies in the same folder as the browser build.
  const text = readFileSync(join(dirname(require.resolve(packageName)), file), 'utf8');
  return text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '').replaceAll('</script', '<\\/script');
}
