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
    'events without a device: too many unknown senders (capped, OPMAS_MAX_UNKNOWN_DEVICES), or several in one (ambiguous)',
    ['shard', 'reason'],
  );
  const found = metrics.counter('parser_templates_found_total', 'new templates of messages that no dialect knows', [
    'shard',
  ]);
  const evicted = metrics.counter(
    'parser_templates_evicted_total',
    'templates forgotten to make room for others; a line of one makes it anew',
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
      found.inc(labels, after.templatesFound - before.templatesFound);
      evicted.inc(labels, after.templatesEvicted - before.templatesEvicted);
      const capped = after.capped - before.capped;
      const ambiguous = after.ambiguous - before.ambiguous;
      if (ambiguous > 0) unattributed.inc({ ...labels, reason: 'ambiguous' }, ambiguous);
      if (capped === 0) return;
      unattributed.inc({ ...labels, reason: 'capped' }, capped);
      if (warned.has(shard)) return;
      warned.add(shard);
      log.warn(
        { shard, variable: 'OPMAS_MAX_UNKNOWN_DEVICES' },
        'too many unknown devices wait for adoption: lines of further senders are kept without a device',
      );
    },
  };
}
