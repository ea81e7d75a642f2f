/** Facts out of messages, whatever their shape: what a fact is about is known even where its data is not understood. */
import { derivedId, parseInstant } from '@opmas/contracts';

export interface ReadFact {
  factId: string;
  /** `finding`, `action`, `device`, ...; the table or history it belongs to. */
  kind: string;
  itemId: string;
  sequence: number;
  /** Index of the fact in its message. */
  line: number;
  type: string;
  /** ISO 8601; null where the fact has no instant. */
  happenedAt: string | null;
  fact: unknown;
}

/** Where a fact stands. */
export interface FactPlace {
  subject: string;
  sequence: number;
  line: number;
}

/** What the subject says: `opmas.actions.<device>.<action>`, `opmas.config.<kind>.<id>`, `opmas.findings.*`, ... */
function itemOfSubject(subject: string): { kind: string; itemId: string } {
  const tokens = subject.split('.');
  switch (tokens[1]) {
    case 'actions':
      return { kind: 'action', itemId: tokens[3] ?? '' };
    case 'decisions':
      return { kind: 'decision', itemId: tokens[2] ?? '' };
    case 'incidents':
      return { kind: 'incident', itemId: '' };
    case 'config':
      return { kind: tokens[2] ?? 'unknown', itemId: tokens[3] ?? '' };
    case 'findings':
      return { kind: 'finding', itemId: '' };
    default:
      return { kind: 'unknown', itemId: '' };
  }
}

/** Reads the envelope only; ids and instants that are missing are derived from the place, or null. */
export function readFact(value: unknown, place: FactPlace): ReadFact {
  const fact = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string): string => (typeof fact[name] === 'string' ? fact[name] : '');
  const { kind, itemId } = itemOfSubject(place.subject);
  const time = text('time');
  return {
    factId: text('id') || derivedId('unnamed', place.subject, String(place.sequence), String(place.line)),
    kind,
    itemId: itemId || text('subject'),
    sequence: place.sequence,
    line: place.line,
    type: text('type') || 'unknown',
    happenedAt: parseInstant(time) === null ? null : time,
    fact: value,
  };
}
