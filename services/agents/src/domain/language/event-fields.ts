/** Which names a rule may use for an event type, and how their values are read from an event. */
import type { EventEnvelope, EventType } from '@opmas/contracts';
import { EVENT_FIELDS } from '@opmas/contracts';
import { z } from 'zod';

/** Names of the envelope that rules may use; a field of the type with the same name goes first. */
const ENVELOPE_FIELDS = {
  type: 'text',
  deviceId: 'text',
  severity: 'number',
  effectiveSeverity: 'number',
  facility: 'number',
  hostname: 'text',
  appName: 'text',
  procId: 'text',
  msgId: 'text',
  templateId: 'text',
  message: 'text',
  timeQuality: 'text',
} as const satisfies Partial<Record<keyof EventEnvelope, FieldKind>>;

export type FieldKind = 'text' | 'number' | 'boolean' | 'list';

export type FieldValue = string | number | boolean | null | undefined | readonly unknown[];

/** Reads one field's value; undefined or null where the event lacks it. */
export type FieldReader = (event: EventEnvelope) => FieldValue;

function kindOf(schema: z.ZodType): FieldKind {
  let inner: unknown = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) inner = inner.unwrap();
  if (inner instanceof z.ZodArray) return 'list';
  if (inner instanceof z.ZodNumber) return 'number';
  if (inner instanceof z.ZodBoolean) return 'boolean';
  return 'text';
}

function ownFields(type: EventType): Record<string, z.ZodType> {
  return EVENT_FIELDS[type].shape;
}

/** All names that are valid for at least one of the types. */
export function fieldNames(types: readonly EventType[]): string[] {
  return [...new Set([...types.flatMap((type) => Object.keys(ownFields(type))), ...Object.keys(ENVELOPE_FIELDS)])];
}

/** What a field of a type holds; null where the type has no such field. */
export function fieldKind(type: EventType, name: string): FieldKind | null {
  const own = ownFields(type);
  if (Object.hasOwn(own, name)) return kindOf(own[name]!);
  return Object.hasOwn(ENVELOPE_FIELDS, name) ? ENVELOPE_FIELDS[name as keyof typeof ENVELOPE_FIELDS] : null;
}

/** The kinds that a field has over the types that have it; empty where none has. */
export function fieldKinds(types: readonly EventType[], name: string): Set<FieldKind> {
  return new Set(types.map((type) => fieldKind(type, name)).filter((kind) => kind !== null));
}

/** A reader for a checked name. */
export function fieldReader(name: string): FieldReader {
  if (!Object.hasOwn(ENVELOPE_FIELDS, name)) return (event) => event.fields[name] as FieldValue;
  // The wire leaves it out where it is the line's own level; a rule need not know that.
  if (name === 'effectiveSeverity') return (event) => event.effectiveSeverity ?? event.severity;
  const key = name as keyof typeof ENVELOPE_FIELDS;
  return (event) => (event.fields[name] as FieldValue) ?? event[key];
}

/** The only values that a field can have, where its schemas name them all; else null. */
export function fieldWords(types: readonly EventType[], name: string): string[] | null {
  const words = new Set<string>();
  for (const type of types) {
    let schema: unknown = ownFields(type)[name];
    if (schema === undefined) continue;
    while (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) schema = schema.unwrap();
    if (!(schema instanceof z.ZodEnum)) return null;
    for (const word of schema.options) words.add(String(word));
  }
  return words.size > 0 ? [...words] : null;
}
