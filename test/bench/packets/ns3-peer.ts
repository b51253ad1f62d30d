import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { access, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LinkFigures, LinkLoad } from './voice-over-link.js';

const run = promisify(execFile);
/** From the root of the project, where benches and tests are run. */
const SOURCE = 'test/bench/peers/ns3-udp.cc';
const LIBRARIES = ['applications', 'point-to-point', 'internet', 'traffic-control', 'network', 'core'];

/** Runs a load in ns-3. */
export type Ns3 = (load: LinkLoad) => Promise<LinkFigures>;

/** Builds `peers/ns3-udp.cc`; null where there is no compiler, or no ns-3 (Debian: `libns3-dev`). */
export async function buildNs3(): Promise<Ns3 | null> {
  await access(SOURCE);
  const folder = await mkdtemp(join(tmpdir(), 'deadair-ns3-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const program = join(folder, 'ns3-udp');
  try {
    await run('g++', ['-O2', '-std=c++17', SOURCE, '-o', program, ...LIBRARIES.map((name) => `-lns3-${name}`)]);
  } catch {
    return null;
  }
  return async (load) => {
    const { stdout } = await run(
      program,
      Object.entries(load).map(([name, value]) => `--${name}=${value}`),
    );
    return JSON.parse(stdout) as LinkFigures;
  };
}
