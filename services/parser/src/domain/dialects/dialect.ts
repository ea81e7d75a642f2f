/** What a dialect is: one daemon's messages as typed events. A dialect is one file, one corpus folder, one registry line. */
import type { EventFields, EventType } from '@opmas/contracts';
import type { Header } from '../header/header.js';
import type { ConnectionLedger } from '../connections.js';

/** What a message says. */
export interface TypedMessage {
  type: EventType;
  fields: Record<string, unknown>;
}

/** What a dialect may know beside the message. */
export interface DialectContext {
  header: Header;
  /** µs since the epoch, the ingestor's clock. */
  receivedMicros: number;
  /** Connections of this device whose lines name only a pid; null while the sender is not attributed. */
  connections: ConnectionLedger | null;
}

/** Null for a message that it does not know: the event is then `other.unparsed`. Must not throw, whatever the text. */
export type Dialect = (message: string, context: DialectContext) => TypedMessage | null;

/** Ties the fields to their type at compile time. Undefined fields are left out of the event. */
export function typed<T extends EventType>(
  type: T,
  fields: {
    [K in keyof EventFields<T>]: EventFields<T>[K] | (undefined extends EventFields<T>[K] ? undefined : never);
  },
): TypedMessage {
  return { type, fields };
}
