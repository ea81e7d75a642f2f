/** `opmas parse`: lines in, events out. */
import type { Command } from 'commander';
import { CommandError, EXIT } from '../exit.js';
import { EventReader } from '../input/events.js';
import type { ExplainedEvent } from '../input/events.js';
import { openLines, parseFormat } from '../input/source.js';
import { instantMicros, referenceMicrosOf, timeZone } from '../options.js';
import { formatExplanation } from '../terminal/explanation.js';
import { Output } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { formatTable } from '../terminal/table.js';

export interface ReadOptions {
  format: string;
  zone?: string;
  referenceTime?: string;
}

interface ParseOptions extends ReadOptions {
  summary?: boolean;
  explain?: boolean;
  json?: boolean;
}

/** Options that every command that reads lines has. */
export function addReadOptions(command: Command): Command {
  return command
    .option('--format <format>', 'auto, lines, or tsv:N (the log line is column N of tab-separated values)', 'auto')
    .option('--zone <name>', 'zone of lines that name none, like Europe/Berlin (default: UTC)')
    .option('--reference-time <instant>', 'tells the year of lines without one (default: when FILE was last written)');
}

export function addParse(program: Command): void {
  addReadOptions(program.command('parse'))
    .description('Parse log lines into events (NDJSON), with the same parser as the service. Needs no server.')
    .argument('[file]', 'file of log lines; - or nothing: standard input')
    .option('--summary', 'count events by daemon and type instead of writing them')
    .option('--explain', 'show for each line which step decided what instead of writing events')
    .option('--json', 'with --summary or --explain: as JSON')
    .addHelpText(
      'after',
      `
Examples:
  opmas parse router.log > events.ndjson
  logread | opmas parse | jq -r 'select(.type != "other.unparsed") | .type'
  opmas parse lines.tsv --format tsv:3 --summary
  logread | grep dropbear | opmas parse --explain`,
    )
    .action(async (file: string | undefined, options: ParseOptions) => parse(file, options));
}

export async function eventReader(file: string | undefined, options: ReadOptions): Promise<EventReader> {
  return new EventReader({
    timeZone: options.zone === undefined ? null : timeZone('--zone', options.zone),
    referenceMicros:
      options.referenceTime === undefined
        ? await referenceMicrosOf(file)
        : instantMicros('--reference-time', options.referenceTime),
  });
}

async function parse(file: string | undefined, options: ParseOptions): Promise<void> {
  if (options.summary === true && options.explain === true) {
    throw new CommandError('--summary and --explain: expected only one of them', EXIT.usage);
  }
  const reader = await eventReader(file, options);
  const source = await openLines(file, parseFormat(options.format));
  const output = new Output();
  const progress = new Progress('parsing');
  const tally = options.summary === true ? new Tally() : null;
  for await (const lines of source.batches()) {
    for (const line of lines) {
      if (options.explain === true) await output.write(explained(reader.explain(line), options.json === true));
      else if (tally) tally.add(reader.read(line).json);
      else await output.write(`${reader.read(line).json}\n`);
    }
    progress.show(source.readBytes(), source.totalBytes, reader.count);
  }
  progress.end();
  if (tally) await output.write(options.json === true ? `${JSON.stringify(tally.result())}\n` : tally.text());
  await output.flush();
}

function explained(event: ExplainedEvent, isJson: boolean): string {
  return isJson ? `${JSON.stringify(event)}\n` : formatExplanation(event);
}

interface DaemonTally {
  lines: number;
  typed: number;
}

/** Counts by daemon and by type. */
class Tally {
  readonly #daemons = new Map<string, DaemonTally>();
  readonly #types = new Map<string, number>();

  add(json: string): void {
    const event = JSON.parse(json) as { appName: string | null; type: string };
    const name = event.appName ?? '(none)';
    const daemon = this.#daemons.get(name) ?? { lines: 0, typed: 0 };
    daemon.lines++;
    if (event.type !== 'other.unparsed') daemon.typed++;
    this.#daemons.set(name, daemon);
    this.#types.set(event.type, (this.#types.get(event.type) ?? 0) + 1);
  }

  result(): { lines: number; typed: number; daemons: Record<string, DaemonTally>; types: Record<string, number> } {
    const daemons = [...this.#daemons].sort(([, a], [, b]) => b.lines - a.lines);
    const types = [...this.#types].sort(([, a], [, b]) => b - a);
    const sum = (key: keyof DaemonTally): number => daemons.reduce((total, [, daemon]) => total + daemon[key], 0);
    return {
      lines: sum('lines'),
      typed: sum('typed'),
      daemons: Object.fromEntries(daemons),
      types: Object.fromEntries(types),
    };
  }

  text(): string {
    const { lines, typed, daemons, types } = this.result();
    const share = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
    const rows = Object.entries(daemons).map(([name, daemon]) => [
      name,
      daemon.lines,
      daemon.typed,
      share(daemon.typed, daemon.lines),
    ]);
    return [
      formatTable(['daemon', 'lines', 'typed', 'share'], [...rows, ['all', lines, typed, share(typed, lines)]]),
      formatTable(['type', 'events'], Object.entries(types)),
    ].join('\n');
  }
}
