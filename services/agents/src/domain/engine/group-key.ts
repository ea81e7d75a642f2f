/** The group of an event: its device, and the values of the rule's group-by fields, as one text. */
import type { EventEnvelope } from '@opmas/contracts';
import type { FieldReader } from '../language/event-fields.js';

/** A key taken apart again. */
export interface Group {
  deviceId: string | null;
  values: string[];
}

/**
 * JSON of [device, value, ...], so that no two groups share a key. An event without a device is told apart by its
 * hostname. Null where a field is missing: then the event belongs to no group, and is not counted.
 */
export function groupKeyOf(event: EventEnvelope, groupBy: readonly FieldReader[]): string | null {
  const parts: (string | null)[] = event.deviceId === null ? [null, event.hostname ?? ''] : [event.deviceId];
  for (const read of groupBy) {
    const value = read(event);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
    parts.push(String(value));
  }
  return JSON.stringify(parts);
}

export function readGroupKey(key: string): Group {
  const [deviceId = null, ...rest] = JSON.parse(key) as [string | null, ...string[]];
  return { deviceId, values: deviceId === null ? rest.slice(1) : rest };
}
