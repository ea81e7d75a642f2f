/** Options and the report that `send` and `simulate` share. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { readEndpoints } from '../endpoints.js';
import { CommandError, EXIT } from '../exit.js';
import { durationMs, oneOf } from '../options.js';
import type { Carrier, DeliveryTotals } from './carrier.js';
import { FRAMINGS } from './framing.js';
import { openCarrier } from './open-carrier.js';
import type { TargetAddress } from './target.js';
import { formatTarget, resolveTarget } from './target.js';

export interface DeliveryOptions {
  to: string;
  data?: string;
  framing: string;
  retryFor: string;
  json?: boolean;
}

export function addDeliveryOptions(command: Command): Command {
  return command
    .option('--to <target>', 'udp, tcp or http (where `npm start` listens), or an address like tcp://host:5514', 'tcp')
    .option('--data <dir>', 'data folder of the running OPMAS (default: .opmas, here or above)')
    .addOption(new Option('--framing <framing>', 'how lines end on TCP').choices(FRAMINGS).default('lf'))
    .option('--retry-for <duration>', 'give up when the target was away for so long', '60s')
    .option('--json', 'the counts at the end as JSON');
}

export async function openDelivery(
  options: DeliveryOptions,
  peers: number,
): Promise<{ carrier: Carrier; target: TargetAddress }> {
  const target = await resolveTarget(options.to, () => readEndpoints(options.data));
  const framing = oneOf('--framing', options.framing, FRAMINGS);
  const carrier = await openCarrier(target, {
    peers,
    framing,
    retryForMs: durationMs('--retry-for', options.retryFor),
  });
  return { carrier, target };
}

/** Writes the counts, for a person or as JSON, and throws where lines are known to be lost. */
export function reportDelivery(
  target: TargetAddress,
  totals: DeliveryTotals,
  seconds: number,
  options: { json?: boolean; extra?: Record<string, string | number> },
): void {
  const linesPerSecond = Math.round(totals.sent / Math.max(seconds, 0.001));
  const result = {
    target: formatTarget(target),
    ...options.extra,
    ...totals,
    seconds: Number(seconds.toFixed(3)),
    linesPerSecond,
  };
  if (options.json === true) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const doubts =
      totals.inDoubt > 0 ? `, ${totals.inDoubt.toLocaleString('en-US')} in doubt (their connection broke)` : '';
    const losses = totals.failed > 0 ? `, ${totals.failed.toLocaleString('en-US')} refused` : '';
    const retries = totals.retries > 0 ? `, ${totals.retries} retries` : '';
    process.stdout.write(
      `sent ${totals.sent.toLocaleString('en-US')} lines to ${result.target} in ${seconds.toFixed(1)} s ` +
        `(${linesPerSecond.toLocaleString('en-US')}/s)${doubts}${losses}${retries}\n`,
    );
  }
  if (totals.failed > 0 && totals.sent === 0) {
    throw new CommandError(`${result.target} refused every line: nobody listens there`, EXIT.unreachable);
  }
}
