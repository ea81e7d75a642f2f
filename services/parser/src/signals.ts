/** Every metric and log line of the parser, beside those that each stage has. */
import type { Log, Metrics } from '@opmas/platform';
import type { ParserCounts } from './domain/state.js';

export interface ParserSignals {
  /** `before` and `after` are the shard's counts around one frame. */
  frameParsed(shard: number, before: ParserCounts, after: ParserCounts, discovered: number): void;
}

export function createParserSignals(metrics: Metrics, log: Log): ParserSignals {
  const events = metrics.counter('parser_events_total', 'events made of raw records', ['shard']);
  const unparsed = metrics.counter('parser_unparsed_total', 'events of type other.unparsed', ['shard']);
  const unattributed = metrics.counter(
    'parser_unattributed_total',
    'events without a device: their senders are beyond OPMAS_MAX_UNKNOWN_DEVICES',
    ['shard'],
  );
  const discoveries = metrics.counter('parser_devices_discovered_total', 'devices that registered themselves', [
    'shard',
  ]);
  const warned = new Set<number>();

  return {
    frameParsed(shard, before, after, discovered) {
      const labels = { shard: String(shard) };
      events.inc(labels, after.events - before.events);
      unparsed.inc(labels, after.unparsed - before.unparsed);
      if (discovered > 0) discoveries.inc(labels, discovered);
      const without = after.unattributed - before.unattributed;
      if (without === 0) return;
      unattributed.inc(labels, without);
      if (warned.has(shard)) return;
      warned.add(shard);
      log.warn(
        { shard, variable: 'OPMAS_MAX_UNKNOWN_DEVICES' },
        'too many unknown devices wait for adoption: lines of further senders are kept without a device',
      );
    },
  };
}
