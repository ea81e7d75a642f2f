/** Findings as the API shows them, folded from their facts. */
import type { FindingFact, FindingOpened } from '@opmas/contracts';

/** The contract's finding; instants in ISO 8601. */
export interface Finding {
  id: string;
  ruleId: string;
  ruleVersion: number;
  domain: string;
  severity: string;
  status: 'open' | 'cleared';
  deviceId: string | null;
  title: string;
  description: string;
  group: Record<string, string>;
  count: number;
  firstSeenAt: string;
  lastSeenAt: string;
  openedAt: string;
  clearedAt: string | null;
  /** Ids of the events that were kept, in their order. */
  evidence: string[];
  reached: { value: number; threshold: number };
}

export class Findings {
  readonly #byId = new Map<string, Finding>();

  get size(): number {
    return this.#byId.size;
  }

  /** In the order in which they were opened. */
  all(): Finding[] {
    return [...this.#byId.values()];
  }

  apply(fact: FindingFact): void {
    if (fact.type === 'opmas.finding.opened') {
      this.#byId.set(fact.data.findingId, opened(fact.data));
      return;
    }
    const finding = this.#byId.get(fact.data.findingId);
    if (!finding) return;
    finding.count = fact.data.count;
    finding.lastSeenAt = fact.data.lastSeenAt;
    if (fact.type === 'opmas.finding.recurred') finding.evidence = evidenceIds(fact.data.evidence);
    else {
      finding.status = 'cleared';
      finding.clearedAt = fact.data.clearedAt;
    }
  }
}

function opened(data: FindingOpened['data']): Finding {
  const { findingId, evidence, previousFindingId: _, ...rest } = data;
  return { id: findingId, ...rest, status: 'open', clearedAt: null, evidence: evidenceIds(evidence) };
}

function evidenceIds(evidence: FindingOpened['data']['evidence']): string[] {
  return [...new Set([...evidence.first, ...evidence.last].map((event) => event.id))];
}
