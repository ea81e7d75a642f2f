import { Timeline } from '../../../components/timeline.js';
import type { TimelineEntry } from '../../../components/timeline.js';
import type { HistoryFact } from '../../../lib/api/resources.js';
import { plural } from '../../../lib/numbers.js';

const CLEAR_REASONS: Readonly<Record<string, string>> = {
  quiet: 'Nothing more was seen for long enough.',
  condition: 'The condition that ends it came true.',
  rule_changed: 'Its rule was changed.',
  rule_disabled: 'Its rule was switched off.',
  device_removed: 'Its device was removed or moved.',
  evicted: 'The engine ran out of room for it.',
};

function countText(fact: HistoryFact): string {
  const count = fact.data['count'];
  return typeof count === 'number' ? `${plural(count, 'event')} so far` : '';
}

function entryOf(fact: HistoryFact): TimelineEntry {
  const common = { key: fact.id, at: fact.time };
  switch (fact.type) {
    case 'opmas.finding.opened':
      return { ...common, tone: 'high', title: 'Opened', detail: countText(fact) };
    case 'opmas.finding.recurred':
      return { ...common, tone: 'medium', title: 'Seen again', detail: countText(fact) };
    case 'opmas.finding.cleared':
      return {
        ...common,
        tone: 'ok',
        title: 'Cleared',
        detail: CLEAR_REASONS[String(fact.data['reason'])] ?? countText(fact),
      };
    default:
      return { ...common, tone: 'none', title: fact.type };
  }
}

export function FindingTimeline({ facts }: { facts: readonly HistoryFact[] }) {
  return <Timeline entries={facts.map(entryOf).toReversed()} />;
}
