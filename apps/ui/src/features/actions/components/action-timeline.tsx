import { Timeline } from '../../../components/timeline.js';
import type { TimelineEntry } from '../../../components/timeline.js';
import type { HistoryFact } from '../../../lib/api/resources.js';
import type { Tone } from '../../../lib/severity.js';

const SHOWN: Readonly<Record<string, { tone: Tone; title: string }>> = {
  'opmas.action.proposed': { tone: 'medium', title: 'Proposed' },
  'opmas.action.approved': { tone: 'low', title: 'Approved' },
  'opmas.action.rejected': { tone: 'none', title: 'Rejected' },
  'opmas.action.expired': { tone: 'none', title: 'Expired' },
  'opmas.action.started': { tone: 'low', title: 'Started' },
  'opmas.action.succeeded': { tone: 'ok', title: 'Succeeded' },
  'opmas.action.failed': { tone: 'critical', title: 'Failed' },
  'opmas.action.interrupted': { tone: 'high', title: 'Interrupted' },
  'opmas.action.skipped': { tone: 'none', title: 'Skipped' },
};

function detailOf(fact: HistoryFact): string | undefined {
  const { decision, reason, executor } = fact.data as {
    decision?: { userName?: string; address?: string | null; reason?: string };
    reason?: string;
    executor?: string;
  };
  if (decision) {
    const from = decision.address ? ` from ${decision.address}` : '';
    return `${decision.userName ?? 'somebody'}${from}: ${decision.reason ?? ''}`;
  }
  return reason ?? (executor === undefined ? undefined : `by ${executor}`);
}

/** The life of an action without its output, which has a place of its own. */
export function ActionTimeline({ facts }: { facts: readonly HistoryFact[] }) {
  const entries = facts
    .filter((fact) => fact.type !== 'opmas.action.output')
    .map((fact): TimelineEntry => {
      const detail = detailOf(fact);
      const shown = SHOWN[fact.type] ?? { tone: 'none', title: fact.type };
      return { key: fact.id, at: fact.time, ...shown, ...(detail === undefined ? {} : { detail }) };
    });
  return <Timeline entries={entries.toReversed()} />;
}
