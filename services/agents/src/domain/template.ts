/** Titles and descriptions with `{{field}}` in them, filled from a finding's group and the event that opened it. */
import type { EventEnvelope, EventType } from '@opmas/contracts';
import type { FieldValue } from './language/event-fields.js';
import { fieldKind, fieldNames, fieldReader } from './language/event-fields.js';
import type { SourceNode, SourceReader } from './language/source.js';

/** What a template is filled from. */
export interface TemplateValues {
  event: EventEnvelope;
  /** What the correlation reached when it held. */
  count: number;
}

export interface Template {
  source: string;
  fill: (values: TemplateValues) => string;
}

/** Values come from strangers' log lines: none makes a text unreadable. */
const MAX_VALUE_LENGTH = 120;
const PLACEHOLDER = /\{\{\s*([A-Za-z]+)\s*\}\}/g;
const ABSENT = 'unknown';

function shown(value: FieldValue): string {
  if (value === null || value === undefined) return ABSENT;
  const text = typeof value === 'object' ? value.join(' ') : String(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}...` : text;
}

/** Reads a text and checks its placeholders: fields that at least one of the event types has, or `count`. */
export function readTemplate(
  reader: SourceReader,
  at: SourceNode | undefined,
  what: string,
  limits: { max: number; events: readonly EventType[] },
): Template | null {
  const source = reader.text(at, what, limits)?.trim();
  if (!at || source === undefined) return null;
  const { events } = limits;
  for (const [, name = ''] of source.matchAll(PLACEHOLDER)) {
    const isKnown = name === 'count' || events.length === 0 || events.some((type) => fieldKind(type, name) !== null);
    if (isKnown) continue;
    const names = ['count', ...fieldNames(events)];
    reader.fault(at, `${what} names {{${name}}}, which no event of the rule has`, `one of ${names.join(', ')}`, {
      given: name,
      names,
    });
  }
  const fill = ({ event, count }: TemplateValues): string =>
    source.replaceAll(PLACEHOLDER, (_, name: string) =>
      name === 'count' ? String(count) : shown(fieldReader(name)(event)),
    );
  return { source, fill };
}
