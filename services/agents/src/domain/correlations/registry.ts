/** Every kind of correlation. The words that a rule may give as `type` are made from these keys. */
import { eventCount } from './event-count.js';
import type { CorrelationKind } from './kind.js';
import { valueCount } from './value-count.js';

export const CORRELATION_KINDS = {
  event_count: eventCount,
  value_count: valueCount,
} as const satisfies Record<string, CorrelationKind>;

export type CorrelationType = keyof typeof CORRELATION_KINDS;

export const CORRELATION_TYPES = Object.keys(CORRELATION_KINDS) as CorrelationType[];
