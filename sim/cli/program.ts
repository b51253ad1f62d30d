import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ExitCode } from '../errors.js';
import { CALIBRATE_HELP } from './calibrate-help.js';
import { parseShard } from './gate/parse-shard.js';
import { reportError } from './report-error.js';
import { deadairVersion } from './version.js';

const EXAMPLES = `
Examples:
  deadair run mixed-load --seed 7 --report page.html     the main load test, with a page to read
  deadair run join-storm --set policy.enableThreshold=10 change anything; see deadair schema
  deadair run ./mine.yaml --json                         an own scenario, one JSON object on stdout
  deadair run redis-failover --verify                    run twice, compare every event
  deadair report result.json --out page.html             a page from a result that was kept
  deadair gate --junit junit.xml                         every scenario, ten seeds: for CI

Exit codes:
  0 everything held          1 an expectation was missed   2 wrong usage or bad input
  3 safety was violated      4 it did not converge         5 two equal runs differed
  6 not comparable          70 a bug in deadair          125 cannot judge
  130 interrupted`;

const GATE_HELP = `
A suite is a built-in one (default), a .yaml file, or a .ts/.js module: scenarios, seeds, service levels beside their own.

Examples:
  deadair gate --junit junit.xml --markdown "$GITHUB_STEP_SUMMARY"
  deadair gate ./nightly.yaml --seeds 30 --html gate.html
  deadair gate --baseline baseline.json --update         keep what later gates are compared with
  deadair gate --baseline baseline.json                  exit 1 for what has become worse, beyond noise
  deadair gate --shard 2/4 --out shard-2.json            a quarter of the runs, for one of four machines
  deadair merge shard-*.json --out gate.json             the very same bytes as one machine's
  deadair run mixed-load --suite default --seed 4        one run of the suite alone, with everything to look at

Exit codes: 0 everything held, 1 a service level was missed or something became worse, 3 safety was violated,
4 it did not converge, 6 the baseline or a shard is of something else. The worst one counts.`;

const HUNT_HELP = `
Each seed draws a few people, what they do, and what goes wrong, in the servers, links and policy of the scenario (or takes the
scenario's own script), and explores the order of events with several strategies. The first violation is made small and written to a
repro file, which deadair replay shows again for ever.

Examples:
  deadair hunt crossroads --schedules 20000              is the core correct? (exit 0: nothing found)
  deadair hunt crossroads --hazard lock-no-fence         a core with a known mistake
  deadair hunt ./mine.yaml --seconds 60 --issue bug.md   an own scenario, for a minute
  deadair hunt scenarios/examples/two-joins.yaml --strategy exhaustive --window 1
                                                         every order of a small scenario, one seed

Exit codes: 0 nothing found, 3 safety violated, 4 it did not converge.`;

const SWEEP_HELP = `
Every combination of values is run with every seed; the same seeds everywhere, so that settings differ by nothing else. A setting that is not valid
becomes a row that says so. Whatever interrupts it, the same command goes on where it was. A varied policy.enableThreshold moves
policy.disableThreshold (same distance) and policy.meshLimit (at least the threshold) along, unless --set, --vary or --with names them.

Examples:
  deadair sweep mixed-load --vary policy.enableThreshold=6..15 --seeds 10 --report page.html
  deadair sweep mixed-load --vary policy.enableThreshold=4..15 --with policy.disableThreshold=enableThreshold-3 --set media.fidelity=flow
  deadair sweep hybrid-ramp --vary policy.enableThreshold=6,8 --vary network.relay.share=0..0.3:0.1 --csv runs.csv
  deadair report deadair-sweep.json --out page.html     the page from a file that was kept

Exit codes: 0 done (whatever the levels say), 2 nothing could be run, 3 safety and 4 liveness violated at some setting,
6 the journal beside --out is of another sweep, 130 interrupted.`;

const CAPACITY_HELP = `
The load is doubled until a level is missed, then the interval is halved; loads around the outcome are tried as well, because more load is not
always worse. The SFU nodes stay as many as the scenario has. The limiting resource is the one furthest above its limit at the load that failed.

Examples:
  deadair capacity mixed-load --duration 300 --report page.html
  deadair capacity hybrid-ramp --with population.channels=clients/10 --slo 'join_service_ms: p(95)<50'
  deadair capacity large-call --load channel-size=10..400 --slo 'mos: avg>4' --seeds 1

Exit codes: 0 found, 1 the smallest load misses a level, 2 nothing could be run, 3 safety and 4 liveness violated at some load,
6 the journal beside --out is of another search, 125 a level was measured at no load, 130 interrupted.`;

const RUN_HELP = `
A scenario is a built-in name (deadair list), a .yaml file, or a .ts/.js module.

Examples:
  deadair run p2p-baseline
  deadair run mixed-load --set population.clients=10000 --duration 600
  deadair run sfu-crash --set faults.0.atS=90 --set 'network.clientProfiles={wifi: 1, 3g: 1}'
  deadair run mixed-load --suite default --seed 4        exactly what deadair gate has run
  deadair run hybrid-ramp --out result.json --junit junit.xml --markdown "$GITHUB_STEP_SUMMARY"
  deadair run large-call --pcap voice.pcapng --pcap-link client-3
  tshark -r voice.pcapng -Y rtp                          every packet of voice, and with -Y rtcp every report
  tshark -r voice.pcapng -Y frame.comment -T fields -e frame.time_epoch -e frame.interface_name -e frame.comment
                                                         what was lost where, and which fault was active

The same scenario, seed and settings give the same trace hash, on any machine.`;

/**
 * Runs the command line.
 * @param args what stands after `deadair`
 * @returns the exit code; errors have been printed
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args as string[], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return reportError(error);
  }
}

/** Each command loads what it needs: a program that begins fast is a pleasant one. */
function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('deadair')
    .description(
      'Runs a voice system in a deterministic simulator: finds the races and the limits before its users do.',
    )
    .version(deadairVersion(), '-v, --version')
    .showSuggestionAfterError(true)
    .configureOutput({
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error: /, 'deadair: ')
            .replace(/\s*\n\s*/g, ' ')}\n`,
        ),
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES);

  program
    .command('run')
    .description('run a scenario and judge it')
    .argument(
      '<scenario>',
      'name of a built-in scenario, or a file (.yaml, .yml, .ts, .js, .mjs); its name in a --suite',
    )
    .option('--suite <suite>', 'run it as deadair gate runs it in this suite: a file, or default')
    .option('--seed <n>', 'seed of everything that is drawn', parseSeed, 1)
    .option('--set <key=value>', 'override one field; can be given many times', collect, [])
    .option('--duration <s>', 'simulated time with load, the same as --set durationS=<s>', parseSeconds)
    .option('--json', 'print one JSON object on stdout instead of the summary')
    .option('--out <file>', 'write the result file')
    .option('--report <file>', 'write the page (HTML, one file, works offline)')
    .option('--junit <file>', 'write JUnit XML')
    .option('--markdown <file>', 'write a summary in Markdown')
    .option('--prometheus <file>', 'write the metrics in Prometheus text format')
    .option('--trace <file>', 'write every event as NDJSON')
    .option('--pcap <file>', 'write the packets of voice on an access link as pcapng (needs media.fidelity packet)')
    .option('--pcap-link <hosts>', "whose links: client-3, or client-3,sfu-1, or all (default: the first client's)")
    .option('--verify', 'run twice and compare; shows the first event that differs')
    .addHelpText('after', RUN_HELP)
    .action(async (scenario: string, options) =>
      setExitCode(await (await import('./run-command.js')).runCommand(scenario, options)),
    );

  const gate = program
    .command('gate')
    .description('run a suite of scenarios with several seeds, judge it, compare it with a baseline')
    .argument('[suite]', 'name of a built-in suite, or a file (.yaml, .yml, .ts, .js, .mjs)', 'default')
    .option('--seeds <k>', "seeds 1 to k for every scenario (default: the suite's)", parseSeeds)
    .option('--shard <k/n>', 'only the k-th of n parts of the runs; join them with deadair merge', parseShard)
    .option('--workers <n>', 'threads; the result does not depend on it (default: one for each core)', parseWorkers)
    .option('--resume', 'go on with the runs that a killed or interrupted gate has left at --out');
  gateOutputOptions(gate)
    .addHelpText('after', GATE_HELP)
    .action(async (suite: string, options) =>
      setExitCode(await (await import('./gate/gate-command.js')).gateCommand(suite, options)),
    );

  const merge = program
    .command('merge')
    .description('join the shards of a gate to the result of one run')
    .argument('<results...>', 'the files that deadair gate --shard --out has written');
  gateOutputOptions(merge).action(async (files: string[], options) =>
    setExitCode(await (await import('./gate/merge-command.js')).mergeCommand(files, options)),
  );

  program
    .command('hunt')
    .description('look for a schedule that breaks something, make it small, show it')
    .argument('<scenario>', 'name of a built-in scenario, or a file; crossroads is made for it')
    .option('--hazard <id>', 'put a hazard of the zoo into the core; can be given many times', collect, [])
    .option(
      '--strategy <name>',
      'portfolio, surw, pos, pct-2, pct-3, pct-5, delay, random, feedback, exhaustive',
      'portfolio',
    )
    .option('--schedules <n>', 'schedules to run, rounded up to whole seeds', parseCount, 2_000)
    .option('--seconds <s>', 'real time to hunt at most', parseSeconds)
    .option('--seed <n>', 'first seed', parseSeed, 1)
    .option('--window <ms>', 'an event may overtake others due this much earlier (default: drawn)', parseWindow)
    .option('--all', 'go on after a violation; counts the seeds with violations by oracle')
    .option('--coverage', 'also say which situations and transitions were never reached')
    .option('--workers <n>', 'threads; the answer does not depend on it (default: one for each core)', parseWorkers)
    .option('--set <key=value>', 'override one field of the scenario; can be given many times', collect, [])
    .option('--json', 'print one JSON object on stdout')
    .option('--repro <file>', 'where to write the repro', 'deadair-repro.json')
    .option('--page <file>', 'where to write the page of the counterexample', 'deadair-counterexample.html')
    .option('--mermaid <file>', 'write a Mermaid sequence diagram')
    .option('--issue <file>', 'write Markdown for an issue')
    .option('--perfetto <file>', 'write a trace for Perfetto or chrome://tracing')
    .option('--shiviz <file>', 'write a log for ShiViz')
    .addHelpText('after', HUNT_HELP)
    .action(async (scenario: string, options) =>
      setExitCode(await (await import('./hunt/hunt-command.js')).huntCommand(scenario, options)),
    );

  program
    .command('sweep')
    .description('run a scenario at many settings and seeds: curves, cliffs, costs, thresholds')
    .argument('<scenario>', 'name of a built-in scenario, or a file')
    .option('--vary <key=values>', 'a..b, a..b:step or v1,v2,...; can be given many times', collect, [])
    .option(
      '--with <key=expr>',
      'a field that follows a varied one, e.g. policy.disableThreshold=enableThreshold-3',
      collect,
      [],
    )
    .option('--seeds <k>', 'seeds of each setting, the same ones everywhere', parseSeeds, 1)
    .option('--seed <n>', 'first seed', parseSeed, 1)
    .option('--set <key=value>', 'override one field at every setting; can be given many times', collect, [])
    .option('--duration <s>', 'simulated time with load, the same as --set durationS=<s>', parseSeconds)
    .option('--metrics <names>', 'what the table shows, e.g. join_latency_ms:p99,mos,cost_month_usd')
    .option('--workers <n>', 'threads; the answer does not depend on it (default: one for each core)', parseWorkers)
    .option('--out <file>', 'write the result file; finished runs are kept beside it', 'deadair-sweep.json')
    .option('--report <file>', 'write the page (HTML, one file, works offline)')
    .option('--markdown <file>', 'write a summary in Markdown')
    .option('--csv <file>', 'write a row for each run')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', SWEEP_HELP)
    .action(async (scenario: string, options) =>
      setExitCode(await (await import('./sweep/sweep-command.js')).sweepCommand(scenario, options)),
    );

  program
    .command('capacity')
    .description('search the largest load at which every level holds, and what limits it')
    .argument('<scenario>', 'name of a built-in scenario, or a file')
    .option('--load <key=min..max>', 'what grows: a field, or channel-size', 'population.clients')
    .option('--slo <level>', "a level, e.g. 'join_latency_ms: p(95)<800'; can be given many times", collect, [])
    .option('--with <key=expr>', 'a field that follows the load, e.g. population.channels=clients/10', collect, [])
    .option('--seeds <k>', 'seeds of each load, the same ones everywhere', parseSeeds, 3)
    .option('--seed <n>', 'first seed', parseSeed, 1)
    .option('--set <key=value>', 'override one field at every load; can be given many times', collect, [])
    .option('--duration <s>', 'simulated time with load, the same as --set durationS=<s>', parseSeconds)
    .option(
      '--precision <share>',
      'width of the interval that is good enough, as a share of the load',
      parseShare,
      0.05,
    )
    .option('--metrics <names>', 'what the table shows, e.g. join_latency_ms:p99,mos,cost_month_usd')
    .option('--workers <n>', 'threads; the answer does not depend on it (default: one for each core)', parseWorkers)
    .option('--out <file>', 'write the result file; finished runs are kept beside it', 'deadair-capacity.json')
    .option('--report <file>', 'write the page (HTML, one file, works offline)')
    .option('--markdown <file>', 'write a summary in Markdown')
    .option('--csv <file>', 'write a row for each run')
    .option('--json', 'print one JSON object on stdout')
    .addHelpText('after', CAPACITY_HELP)
    .action(async (scenario: string, options) =>
      setExitCode(await (await import('./sweep/capacity-command.js')).capacityCommand(scenario, options)),
    );

  program
    .command('zoo')
    .description('hunt every known hazard: how good is the searcher?')
    .option('--strategies <names>', 'strategies to compare, separated by commas', 'portfolio')
    .option('--seeds <k>', 'hunts of each hazard with each strategy', parseSeeds, 1)
    .option('--schedules <n>', 'schedules of one hunt at most', parseCount, 10_000)
    .option('--hazard <id>', 'only this one; can be given many times', collect, [])
    .option('--workers <n>', 'threads (default: one for each core)', parseWorkers)
    .option('--list', 'only list what there is')
    .option('--json', 'print one JSON object on stdout')
    .action(async (options) => setExitCode(await (await import('./hunt/zoo-command.js')).zooCommand(options)));

  program
    .command('replay')
    .description('show a violation again, to the bit, from a repro file')
    .argument('<repro.json>', 'a file that deadair hunt has written')
    .option('--step', 'one event after the other (Enter; q ends)')
    .option('--trace <file>', 'write every event as NDJSON')
    .option('--page <file>', 'write the page of the counterexample')
    .option('--json', 'print one JSON object on stdout')
    .action(async (file: string, options) =>
      setExitCode(await (await import('./hunt/replay-command.js')).replayCommand(file, options)),
    );

  program
    .command('list')
    .description('list the built-in scenarios')
    .option('--json', 'print a JSON array')
    .action(async (options) => (await import('./list-command.js')).listCommand(options));

  program
    .command('report')
    .description('make a page, and other formats, from a result file')
    .argument('<result.json>', 'a file that deadair run, sweep or capacity has written')
    .option('--out <file>', 'where to write the page', 'deadair-report.html')
    .option('--junit <file>', 'write JUnit XML')
    .option('--markdown <file>', 'write a summary in Markdown')
    .option('--prometheus <file>', 'write the metrics in Prometheus text format')
    .option('--csv <file>', 'write a row for each run of a sweep')
    .action(async (file: string, options) => (await import('./report-command.js')).reportCommand(file, options));

  program
    .command('calibrate')
    .description('fit the costs of an SFU node to measured rows')
    .argument('<table.csv>', 'rows with packets, participants, CPU and memory')
    .option('--idle', 'also fit what the process costs without anybody')
    .option('--out <file>', 'write the profile (JSON), for topology.sfuNode.profileFile')
    .option('--name <name>', "of the profile (default: the file's name)")
    .option('--cores <n>', 'cores of the profile (default: the most of a fitted row)', parsePositive)
    .option('--memory <MB>', 'memory of the profile (default: 2048 a core)', parsePositive)
    .option('--card <Mbps>', 'network card of the profile, in Mbit/s (default: no limit)', parsePositive)
    .option('--json', 'print one JSON object on stdout instead of the tables')
    .addHelpText('after', CALIBRATE_HELP)
    .action(async (file: string, options) => (await import('./calibrate-command.js')).calibrateCommand(file, options));

  program
    .command('schema')
    .description('print the JSON Schema of a scenario, or of a suite, for editors')
    .argument('[what]', 'scenario or suite', 'scenario')
    .action(async (what: string) => (await import('./schema-command.js')).schemaCommand(what));

  return program;
}

/** What `gate` and `merge` write. */
function gateOutputOptions(command: Command): Command {
  return command
    .option('--baseline <file>', 'compare with this baseline, seed by seed')
    .option('--update', 'write the baseline instead (default file: deadair-baseline.json)')
    .option('--out <file>', 'write the result file')
    .option('--junit <file>', 'write JUnit XML')
    .option('--html <file>', 'write the page (HTML, one file, works offline)')
    .option('--markdown <file>', 'write a summary in Markdown')
    .option('--json', 'print one JSON object on stdout instead of the summary')
    .option('--github', 'print GitHub annotations (default: where GITHUB_ACTIONS is true)');
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError('A seed is a whole number from 0 to 9007199254740991.');
  }
  return seed;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1e9)
    throw new InvalidArgumentError('Give a whole number from 1 to 1000000000.');
  return count;
}

/** Every thread has a heap of its own. */
const WORKERS_MAX = 256;

/** As many as a suite may have. */
const SEEDS_MAX = 100_000;

function parseSeeds(text: string): number {
  const seeds = Number(text);
  if (!/^\d+$/.test(text) || seeds < 1 || seeds > SEEDS_MAX)
    throw new InvalidArgumentError(`Seeds are a whole number from 1 to ${SEEDS_MAX}.`);
  return seeds;
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > WORKERS_MAX)
    throw new InvalidArgumentError(`Threads are a whole number from 1 to ${WORKERS_MAX}.`);
  return workers;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0) || share >= 1)
    throw new InvalidArgumentError('Give a share from 0 to below 1.');
  return share;
}

function parseWindow(text: string): number {
  const windowMs = Number(text);
  if (text.trim() === '' || !(windowMs >= 0.001) || windowMs > 600_000) {
    throw new InvalidArgumentError('A window is a number of milliseconds from 0.001 to 600000.');
  }
  return windowMs;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0) || value > 1e9) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0) || seconds > 2_592_000) {
    throw new InvalidArgumentError('A duration is a number of seconds above 0 and at most 2592000 (30 days).');
  }
  return seconds;
}
