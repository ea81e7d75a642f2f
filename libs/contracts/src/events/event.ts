/** The union of all parsed events: type name → schema of `fields`, domain by domain. */
import { z } from 'zod';
import type { Domain } from '../streams.js';
import { upcast } from '../upcasts.js';
import type { EventEnvelope } from './envelope.js';
import { eventEnvelopeSchema } from './envelope.js';
import { healthEvents } from './health.js';
import { lanEvents } from './lan.js';
import { otherEvents } from './other.js';
import { securityEvents } from './security.js';
import { wanEvents } from './wan.js';
import { wifiEvents } from './wifi.js';

/** Schema of `fields` for each event type. */
export const EVENT_FIELDS = {
  ...wifiEvents,
  ...securityEvents,
  ...healthEvents,
  ...wanEvents,
  ...lanEvents,
  ...otherEvents,
} as const;

export type EventType = keyof typeof EVENT_FIELDS;
export type EventFields<T extends EventType> = z.infer<(typeof EVENT_FIELDS)[T]>;

/** An event of one type, e.g. `EventOf<'wifi.client.auth-failed'>`. */
export type EventOf<T extends EventType> = Omit<EventEnvelope, 'type' | 'fields'> & { type: T; fields: EventFields<T> };

/** Any parsed event; `type` discriminates. */
export type ParsedEvent = { [T in EventType]: EventOf<T> }[EventType];

export const EVENT_TYPES = Object.keys(EVENT_FIELDS) as EventType[];

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(EVENT_FIELDS, text);
}

/** The first token of the type: `wifi.client.auth-failed` → `wifi`. */
export function domainOf(type: EventType): Domain {
  return type.slice(0, type.indexOf('.')) as Domain;
}

/**
 * Brings an older form to the newest, then checks the envelope and the fields of its type; throws a ZodError that names
 * each wrong field.
 */
export function parseEvent(value: unknown): ParsedEvent {
  const envelope = eventEnvelopeSchema.parse(upcast(value));
  if (!isEventType(envelope.type)) {
    throw new z.ZodError([
      { code: 'custom', path: ['type'], message: `unknown event type "${envelope.type}"`, input: envelope.type },
    ]);
  }
  const fields = EVENT_FIELDS[envelope.type].safeParse(envelope.fields);
  if (!fields.success) {
    throw new z.ZodError(fields.error.issues.map((issue) => ({ ...issue, path: ['fields', ...issue.path] })));
  }
  return envelope as ParsedEvent;
}
