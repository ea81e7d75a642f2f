/** `opmas send`: the lines of a file over the network, as routers would send them. */
import { headerHostName } from '@opmas/ingestor/domain';
import type { Command } from 'commander';
import { addDeliveryOptions, openDelivery, reportDelivery } from '../delivery/courier.js';
import type { DeliveryOptions } from '../delivery/courier.js';
import type { Carrier, OutgoingLine } from '../delivery/carrier.js';
import { Pace } from '../delivery/pace.js';
import { openLines, parseFormat } from '../input/source.js';
import { lineRate, wholeNumber } from '../options.js';
import { Progress } from '../terminal/progress.js';

interface SendOptions extends DeliveryOptions {
  rate: string;
  peers: string;
  format: string;
}

export function addSend(program: Command): void {
  addDeliveryOptions(program.command('send'))
    .description('Send the lines of a file to a listener, byte for byte.')
    .argument('[file]', 'file of log lines; - or nothing: standard input')
    .option('--rate <n>', 'lines a second, or max', 'max')
    .option('--peers <n>', 'sockets to spread the routers of the file over; the lines of one hostname stay on one', '1')
    .option('--format <format>', 'auto, lines, or tsv:N (the log line is column N)', 'auto')
    .addHelpText(
      'after',
      `
UDP gives no answer: at --rate max a listener may lose datagrams, and its metrics say how many. Over HTTP every batch
has an idempotency key and is sent again until it is answered: nothing is lost and nothing doubled.

Examples:
  opmas send router.log --to udp --rate 500
  opmas send fleet.log --to http --peers 4
  opmas send odd.log --to tcp://192.0.2.7:5514 --framing octet`,
    )
    .action(async (file: string | undefined, options: SendOptions) => send(file, options));
}

/** Lines that go out together: small, so that a rate is kept evenly. */
const SLICE_MS = 10;
const MOST_A_SLICE = 1000;

async function send(file: string | undefined, options: SendOptions): Promise<void> {
  const rate = lineRate('--rate', options.rate);
  const peers = wholeNumber('--peers', options.peers, 1, 10_000);
  const source = await openLines(file, parseFormat(options.format));
  const { carrier, target } = await openDelivery(options, peers);
  const pace = new Pace();
  const progress = new Progress('sending');
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  let taken = 0;
  try {
    for await (const lines of source.batches()) {
      taken += await sendPaced(
        lines.map((bytes) => ({ peer: peerOf(bytes, peers), bytes })),
        taken,
        rate,
        {
          carrier,
          pace,
          signal: stop.signal,
          onSlice: () => progress.show(source.readBytes(), source.totalBytes, carrier.totals.sent),
        },
      );
      if (stop.signal.aborted) break;
    }
    await carrier.close();
  } finally {
    process.off('SIGINT', onSignal);
    progress.end();
  }
  reportDelivery(target, carrier.totals, pace.elapsedMs / 1000, options);
}

interface Slices {
  carrier: Carrier;
  pace: Pace;
  signal: AbortSignal;
  onSlice: () => void;
}

/** Sends the lines that follow the first `taken` ones of the run; answers how many it sent. */
async function sendPaced(lines: OutgoingLine[], taken: number, rate: number | null, slices: Slices): Promise<number> {
  const slice =
    rate === null ? MOST_A_SLICE : Math.max(1, Math.min(MOST_A_SLICE, Math.round((rate * SLICE_MS) / 1000)));
  for (let start = 0; start < lines.length; start += slice) {
    const dueMs = rate === null ? 0 : ((taken + start) / rate) * 1000;
    if (!(await slices.pace.until(dueMs, slices.signal))) return start;
    await slices.carrier.send(lines.slice(start, start + slice));
    slices.onSlice();
  }
  return lines.length;
}

/** The peer of a line: one hostname always has the same, so that its lines keep their order. */
function peerOf(bytes: Buffer, peers: number): number {
  if (peers === 1) return 0;
  const hostname = headerHostName(bytes, 0, bytes.length) ?? '';
  let hash = 0x811c9dc5;
  for (let index = 0; index < hostname.length; index++) hash = Math.imul(hash ^ hostname.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % peers;
}
