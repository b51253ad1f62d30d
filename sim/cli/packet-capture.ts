import { DeadairError } from '../errors.js';
import type { LinkCapture } from '../media/pcap/index.js';
import { didYouMean, type Scenario } from '../scenario/index.js';
import type { CapturedLinks } from '../world/capture-links.js';
import type { World } from '../world/world.js';
import { GrowingFile } from './growing-file.js';

const HOST = /^(client|sfu|turn)-([1-9]\d*)$/;

/** `--pcap`: the packets of media on some access links of a run, as pcapng. */
export class PacketCapture {
  private readonly file: GrowingFile;
  private readonly links: CapturedLinks;
  private capture: LinkCapture | null = null;

  /**
   * @param links what `--pcap-link` says; undefined: the first client's
   * @throws DeadairError `pcap.fidelity` when the scenario has no packets, `pcap.link` when it has no such host
   */
  constructor(path: string, links: string | undefined, scenario: Scenario) {
    if (scenario.media.fidelity !== 'packet') {
      throw new DeadairError(
        'pcap.fidelity',
        `--pcap needs packets of voice, and ${scenario.name} has media.fidelity ${scenario.media.fidelity}; add --set media.fidelity=packet`,
      );
    }
    this.links = readLinks(links, scenario);
    this.file = new GrowingFile('--pcap', path);
  }

  /** Starts capturing in a world that has not run yet. */
  async open(): Promise<(world: World) => void> {
    const [{ LinkCapture }, { captureLinks, faultNow }] = await Promise.all([
      import('../media/pcap/index.js'),
      import('../world/capture-links.js'),
    ]);
    return (world) => {
      const capture = new LinkCapture({
        sink: this.file,
        nowUs: () => world.sim.nowUs,
        fault: () => faultNow(world),
      });
      this.capture = capture;
      captureLinks(world, capture, this.links);
    };
  }

  /** The run is over. @returns `output.unwritable` when the file could not take everything; then nothing is left of it */
  finish(): DeadairError | null {
    this.capture?.finish();
    const failure = this.capture?.failure ?? null;
    if (failure === null) this.file.finish();
    else this.discard();
    return failure;
  }

  /** The run was broken off: leaves nothing behind. */
  discard(): void {
    this.file.discard();
  }

  /** What is in it, in a few words. */
  get summary(): string {
    const { links } = this;
    const whose = links === 'all' ? 'all clients' : links === 'first' ? 'the first client' : links.join(', ');
    return `${this.capture?.packets ?? 0} packets on the link of ${whose}`;
  }
}

function readLinks(text: string | undefined, scenario: Scenario): CapturedLinks {
  if (text === undefined) return 'first';
  if (text === 'all') return 'all';
  const { population, topology, network } = scenario;
  const script = population.script ?? [];
  const counts: Record<string, number> = {
    client: script.reduce((last, { user }) => Math.max(last, user), script.length > 0 ? 0 : population.clients),
    sfu: topology.sfuNodes,
    turn: network.relay.servers,
  };
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    const [, kind = '', number = ''] = HOST.exec(name) ?? [];
    const count = counts[kind] ?? 0;
    if (Number(number) >= 1 && Number(number) <= count) continue;
    const known = Object.entries(counts).flatMap(([each, last]) => (last > 0 ? [`${each}-1`] : []));
    const hint =
      kind === '' ? didYouMean(name, [...known, 'all']) : count === 0 ? '' : `; the last one is ${kind}-${count}`;
    throw new DeadairError(
      'pcap.link',
      `--pcap-link ${text}: there is no host "${name}" with voice on its link${hint}`,
    );
  }
  return names;
}
