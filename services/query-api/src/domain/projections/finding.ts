/** The finding as the API shows it, folded from its facts. */
import type { Domain, Evidence, FindingFact, FindingSeverity } from '@opmas/contracts';
import { findingFactSchema } from '@opmas/contracts';

export interface FindingItem {
  id: string;
  ruleId: string;
  ruleVersion: number;
  domain: Domain;
  severity: FindingSeverity;
  status: 'open' | 'cleared';
  /** Null for a finding across devices. */
  deviceId: string | null;
  title: string;
  description: string;
  group: Record<string, string>;
  count: number;
  firstSeenAt: string;
  lastSeenAt: string;
  openedAt: string;
  clearedAt: string | null;
  clearReason: string | null;
  /** Ids of the events that the facts carry whole: the first ones and the last ones. */
  evidence: string[];
  reached: { value: number; threshold: number };
  previousFindingId: string | null;
}

/** Ids of the first and last events, each once, in order. */
export function evidenceIds(evidence: Evidence): string[] {
  return [...new Set([...evidence.first, ...evidence.last].map((event) => event.id))];
}

/** A fact of another shape, or one whose finding was never opened, changes nothing. */
export function evolveFinding(item: FindingItem | null, fact: unknown): FindingItem | null {
  const parsed = findingFactSchema.safeParse(fact);
  return parsed.success ? evolve(item, parsed.data) : item;
}

function evolve(item: FindingItem | null, fact: FindingFact): FindingItem | null {
  switch (fact.type) {
    case 'opmas.finding.opened': {
      const { findingId, evidence, ...data } = fact.data;
      return {
        id: findingId,
        ...data,
        status: 'open',
        clearedAt: null,
        clearReason: null,
        evidence: evidenceIds(evidence),
      };
    }
    case 'opmas.finding.recurred': {
      if (item === null) return null;
      const { count, firstSeenAt, lastSeenAt, evidence } = fact.data;
      const first = item.evidence.slice(0, evidence.first.length);
      const ids = [...new Set([...first, ...evidenceIds(evidence)])];
      return {
        ...item,
        count,
        firstSeenAt,
        lastSeenAt,
        status: 'open',
        clearedAt: null,
        clearReason: null,
        evidence: ids,
      };
    }
    case 'opmas.finding.cleared': {
      if (item === null) return null;
      const { count, firstSeenAt, lastSeenAt, clearedAt, reason } = fact.data;
      return { ...item, count, firstSeenAt, lastSeenAt, status: 'cleared', clearedAt, clearReason: reason };
    }
  }
}
