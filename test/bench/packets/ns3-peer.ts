import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
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

/** Builds `peers/ns3-udp.cc` and hands it over; null where there is no compiler, or no ns-3 (Debian: `libns3-dev`). */
export async function withNs3<T>(use: (ns3: Ns3 | null) => Promise<T>): Promise<T> {
  await access(SOURCE);
  const folder = await mkdtemp(join(tmpdir(), 'deadair-ns3-'));
  const program = join(folder, 'ns3-udp');
  const libraries = LIBRARIES.map((name) => `-lns3-${name}`);
  try {
    const built = await run('g++', ['-O2', '-std=c++17', SOURCE, '-o', program, ...libraries]).then(
      () => true,
      () => false,
    );
    return await use(built ? (load) => runLoad(program, load) : null);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runLoad(program: string, load: LinkLoad): Promise<LinkFigures> {
  const values = Object.entries(load).map(([name, value]) => `--${name}=${value}`);
  return JSON.parse((await run(program, values)).stdout) as LinkFigures;
}
