/** CloudEvents 1.0: JSON form inside a FINDINGS frame, binary form (`ce-*` headers, JSON data) for single messages. */
import { z } from 'zod';
import { instantSchema } from '../raw-record.js';

export const CE_HEADERS = {
  specversion: 'ce-specversion',
  id: 'ce-id',
  type: 'ce-type',
  source: 'ce-source',
  subject: 'ce-subject',
  time: 'ce-time',
} as const;

/** Attributes of a fact; `data` is by the schema of its `type`. */
export interface Fact<Type extends string, Data> {
  specversion: '1.0';
  /** `factIdOf(subject, kind, ordinal)`. */
  id: string;
  type: Type;
  /** The writer: `/opmas/agents`, `/opmas/actions`, `/opmas/api`, ... */
  source: string;
  /** What the fact is about: a finding's, action's, device's id. */
  subject: string;
  /** When it happened, on the stream's clock where it was derived, on the writer's where a person decided. */
  time: string;
  data: Data;
}

/** Builds the zod schema of a fact of one type. */
export function factSchema<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({
    specversion: z.literal('1.0'),
    id: z.string().min(1),
    type: z.literal(type),
    source: z.string().min(1),
    subject: z.string().min(1),
    time: instantSchema,
    data,
  });
}

/** Headers of a fact in binary mode; its `data` is the message's payload. */
export function ceHeaders(fact: Fact<string, unknown>): Record<string, string> {
  return {
    [CE_HEADERS.specversion]: fact.specversion,
    [CE_HEADERS.id]: fact.id,
    [CE_HEADERS.type]: fact.type,
    [CE_HEADERS.source]: fact.source,
    [CE_HEADERS.subject]: fact.subject,
    [CE_HEADERS.time]: fact.time,
    'content-type': 'application/json',
  };
}

/** A message in binary mode as a JSON-form value, unchecked; `header` answers a header's value or ''. */
export function fromBinaryMode(header: (name: string) => string, data: unknown): unknown {
  return {
    specversion: header(CE_HEADERS.specversion),
    id: header(CE_HEADERS.id),
    type: header(CE_HEADERS.type),
    source: header(CE_HEADERS.source),
    subject: header(CE_HEADERS.subject),
    time: header(CE_HEADERS.time),
    data,
  };
}
