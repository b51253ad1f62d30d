import { mediaCollaborators } from '../../../core/media/collaborators.js';
import { Host } from '../../../sim/hosts/index.js';
import { Simulation } from '../../../sim/kernel/index.js';
import { Ears } from '../../../sim/media/ears/index.js';
import { FlowPlane } from '../../../sim/media/flow/index.js';
import { Hearing } from '../../../sim/media/index.js';
import { sfuClasses } from '../../../sim/media/packet/index.js';
import { Network } from '../../../sim/net/index.js';
import { RoomMember } from './voice-room.js';

const [n, size, profile, path] = [
  Number(process.argv[2] ?? 1000),
  Number(process.argv[3] ?? 10),
  process.argv[4] ?? 'wifi',
  process.argv[5] ?? 'sfu',
];
const model = (process.argv[6] ?? 'conversation') as 'conversation';
const seconds = Number(process.argv[7] ?? 60);
async function main() {
  const sim = new Simulation({ seed: 1 });
  const network = new Network(sim);
  const nodes = Array.from({ length: Math.max(3, Math.ceil(n / 250)) }, (_, i) => i).map((i) => {
    const h = new Host(sim, { id: `sfu-${i}`, kind: 'sfu' });
    h.start();
    return h;
  });
  const ears = new Ears({ untilUs: 3600e6 });
  const plane = new FlowPlane({
    sim,
    network,
    ears,
    options: {
      estimator: 'gcc',
      reportEveryMs: 1000,
      audibleGapMs: 200,
      talk: { model, dtx: true },
      codec: { simulcast: true, fec: true, extensions: true },
    },
    classes: { ...mediaCollaborators, ...sfuClasses },
    migrating: () => false,
  });
  const hearing = new Hearing({ nowUs: () => sim.nowUs, reachable: () => true, watcher: plane });
  const members: RoomMember[] = [];
  for (let i = 0; i < n; i++) {
    const host = new Host(sim, { id: `client-${i}`, kind: 'client' });
    network.setProfile(host.id, profile);
    host.start();
    network.endpoint(host);
    members.push(new RoomMember(`u${i}`, i + 1, host));
  }
  global.gc?.();
  const base = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const rooms: object[] = [];
  members.forEach((m, i) => {
    const c = Math.floor(i / size);
    rooms[c] ??= {};
    m.playback = path === 'sfu' ? 'sfu' : 'p2p';
    if (path === 'sfu') m.attachments = [{ room: rooms[c]!, node: nodes[c % nodes.length]!, attached: true }];
    else
      for (const o of members.slice(c * size, i)) {
        m.links.add(o);
        o.links.add(m);
      }
    hearing.enter(m, c + 1);
    hearing.memberChanged(m);
    hearing.playbackChanged(m);
  });
  await sim.run({ untilUs: 20e6 });
  global.gc?.();
  const after = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const frames0 = ears.frames;
  const t = performance.now();
  const cpu0 = process.cpuUsage();
  await sim.run({ untilUs: (20 + seconds) * 1e6 });
  const ms = performance.now() - t;
  const c = process.cpuUsage(cpu0);
  const cpuMs = (c.user + c.system) / 1000;
  global.gc?.();
  const end = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  if (process.env.SNAP) (await import('node:v8')).writeHeapSnapshot('/tmp/b/h.heapsnapshot');
  console.log(
    `${n} x${size} ${profile} ${path} ${model}: ${((seconds * 1000) / ms).toFixed(0)}x wall, ${((seconds * 1000) / cpuMs).toFixed(0)}x cpu, ${((end - base) / n / 1024).toFixed(1)} KB/client at end, ${((after - base) / n / 1024).toFixed(1)} at 20 s; pairs heard ${(ears.frames - frames0) / 50 / seconds}/s lost ${((ears.lost / ears.frames) * 100).toFixed(2)} mos ${ears.mos.avg.toFixed(2)} up ${ears.uplink.avg.toFixed(1)}`,
  );
}
void main();
