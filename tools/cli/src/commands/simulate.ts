/** `opmas simulate`: a fleet of routers that talk at a rate, live or into a file. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { SCENARIO_NAMES, createFleet } from '@opmas/simulator';
import type { Fleet, SimulatedLine } from '@opmas/simulator';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Carrier, OutgoingLine } from '../delivery/carrier.js';
import type { DeliveryOptions } from '../delivery/courier.js';
import { addDeliveryOptions, openDelivery, reportDelivery } from '../delivery/courier.js';
import { Pace } from '../delivery/pace.js';
import { CommandError, EXIT, reasonOf } from '../exit.js';
import { durationMs, instantMicros, oneOf, wholeNumber } from '../options.js';
import { Progress } from '../terminal/progress.js';

interface SimulateOptions extends DeliveryOptions {
  devices: string;
  rate: string;
  scenario: string;
  seed: string;
  duration?: string;
  lines?: string;
  start?: string;
  tokens?: string | true;
  out?: string;
  maxSpeed?: boolean;
}

export function addSimulate(program: Command): void {
  addDeliveryOptions(program.command('simulate'))
    .description('Simulate a fleet of OpenWrt routers that send their logs. The same seed says the same.')
    .option('--devices <n>', 'routers', '20')
    .option('--rate <n>', "lines a second of the fleet's everyday talk", '50')
    .addOption(new Option('--scenario <name>', 'what befalls the fleet').choices(SCENARIO_NAMES).default('mixed'))
    .option('--seed <text>', 'same seed, same fleet, same lines', '1')
    .option('--duration <time>', 'how long the fleet talks, like 30s or 5m (default: until Ctrl-C)')
    .option('--lines <n>', 'how many lines it says')
    .option('--start <instant>', 'the time of the first line (default: now)')
    .option('--tokens [every]', 'after each line (or every n-th), a line with a token of its own, to count by')
    .option('--max-speed', 'send as fast as it goes; the lines keep their times')
    .option('--out <file>', 'write the lines to a file instead (- for standard output), as fast as it goes')
    .addHelpText(
      'after',
      `
Each scenario begins after 5 s and again every 15 min; "mixed" is all of them within 100 s, "quiet" none. Over TCP each
router has its own connection (up to 256); over HTTP nothing is lost and nothing doubled, whatever happens meanwhile.

Examples:
  opmas simulate --scenario brute-force
  opmas simulate --devices 50 --rate 2000 --duration 5m --seed 7 --to http --json
  opmas simulate --lines 100000 --start 2026-11-23T20:00:00Z --out fleet.log`,
    )
    .action(async (options: SimulateOptions) => simulate(options));
}

interface Extent {
  /** The last instant, µs since the epoch; Infinity for no end. */
  endMicros: number;
  lines: number;
}

async function simulate(options: SimulateOptions): Promise<void> {
  const devices = wholeNumber('--devices', options.devices, 1, 100_000);
  const rate = wholeNumber('--rate', options.rate, 1, 10_000_000);
  const scenario = oneOf('--scenario', options.scenario, SCENARIO_NAMES);
  const startMicros = options.start === undefined ? Date.now() * 1000 : instantMicros('--start', options.start);
  const tokenEvery = tokensOf(options.tokens);
  const fleet = createFleet({ devices, rate, scenario, seed: options.seed, startMicros, tokenEvery });
  const durationMicros = options.duration === undefined ? Infinity : durationMs('--duration', options.duration) * 1000;
  const extent: Extent = {
    endMicros: startMicros + durationMicros,
    lines: options.lines === undefined ? Infinity : wholeNumber('--lines', options.lines, 1, Number.MAX_SAFE_INTEGER),
  };
  if (options.out === undefined) await simulateLive(fleet, startMicros, extent, options, devices);
  else await simulateToFile(fleet, startMicros, extent, options.out);
}

function tokensOf(option: string | true | undefined): number {
  if (option === undefined) return 0;
  return option === true ? 1 : wholeNumber('--tokens', option, 1, 1_000_000);
}

/** The fleet's lines up to its extent. */
function* within(fleet: Fleet, extent: Extent): Generator<SimulatedLine> {
  let said = 0;
  for (const line of fleet) {
    if (said++ >= extent.lines || line.atMicros > extent.endMicros) return;
    yield line;
  }
}

/** How far a line is on the way to the extent; null where there is no end. */
function shareOf(extent: Extent, startMicros: number, atMicros: number, said: number): [number, number | null] {
  if (Number.isFinite(extent.lines)) return [said, extent.lines];
  if (Number.isFinite(extent.endMicros)) return [atMicros - startMicros, extent.endMicros - startMicros];
  return [0, null];
}

const SLICE_MS = 10;
const MOST_A_SLICE = 1000;

async function simulateLive(
  fleet: Fleet,
  startMicros: number,
  extent: Extent,
  options: SimulateOptions,
  devices: number,
): Promise<void> {
  const { carrier, target } = await openDelivery(options, devices);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const pace = new Pace();
  const progress = new Progress('simulating');
  const counts = { lines: 0, tokens: 0 };
  const slicer = new Slicer(carrier);
  try {
    for (const line of within(fleet, extent)) {
      const dueMs = options.maxSpeed === true ? 0 : (line.atMicros - startMicros) / 1000;
      if (slicer.isFull || (slicer.size > 0 && dueMs > pace.elapsedMs + SLICE_MS)) await slicer.send();
      if (!(await pace.until(dueMs, stop.signal))) break;
      slicer.add(line);
      counts.lines++;
      if (line.token !== null) counts.tokens++;
      progress.show(...shareOf(extent, startMicros, line.atMicros, counts.lines), counts.lines);
    }
    await slicer.send();
    await carrier.close();
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    progress.end();
  }
  reportDelivery(target, carrier.totals, pace.elapsedMs / 1000, { ...options, extra: counts });
}

/** Gathers the lines of one slice. */
class Slicer {
  readonly #carrier: Carrier;
  #lines: OutgoingLine[] = [];

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  get size(): number {
    return this.#lines.length;
  }

  get isFull(): boolean {
    return this.#lines.length >= MOST_A_SLICE;
  }

  add(line: SimulatedLine): void {
    this.#lines.push({ peer: line.deviceIndex, bytes: Buffer.from(line.line) });
  }

  async send(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) await this.#carrier.send(lines);
  }
}

async function simulateToFile(fleet: Fleet, startMicros: number, extent: Extent, out: string): Promise<void> {
  if (!Number.isFinite(extent.lines) && !Number.isFinite(extent.endMicros) && out !== '-') {
    throw new CommandError('--out needs an end: --lines or --duration', EXIT.usage);
  }
  const stream: Writable = out === '-' ? process.stdout : createWriteStream(out);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const progress = new Progress('simulating');
  let said = 0;
  try {
    let text = '';
    for (const { line, atMicros } of within(fleet, extent)) {
      text += `${line}\n`;
      said++;
      if (text.length < 256 * 1024) continue;
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed]);
      text = '';
      progress.show(...shareOf(extent, startMicros, atMicros, said), said);
    }
    const ended = new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null): void => (error ? reject(error) : resolve());
      if (out === '-') stream.write(text, settle);
      else stream.end(text, settle);
    });
    await Promise.race([ended, failed]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw new CommandError(`cannot write ${out}: ${reasonOf(error)}`, EXIT.usage, { cause: error });
  } finally {
    progress.end();
  }
  if (out !== '-') process.stderr.write(`${said.toLocaleString('en-US')} lines in ${out}\n`);
}
