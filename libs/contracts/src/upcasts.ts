/**
 * Old forms of messages. A type's first form has no version; a later one says `"version": n`. When the form of a type
 * changes so that an old reader or an old message would be wrong, its number goes up, and a function here turns the
 * form before into it: streams are never rewritten, and everything behind the decoder sees only the newest form.
 */

/** A message on its way to its newest form. */
export interface VersionedMessage {
  type: string;
  /** Absent in the first form. */
  version?: number;
  [field: string]: unknown;
}

/** From one form of a type to the next; may also rename the type, whose form is then 1 unless it says otherwise. */
export type Upcast = (message: VersionedMessage) => VersionedMessage;

/** `<type>@<version>` → the function to the next version. */
export type UpcastRegistry = Readonly<Record<string, Upcast>>;

/** No type has a second form yet. */
export const UPCASTS: UpcastRegistry = {};

const LONGEST_CHAIN = 100;

/**
 * The newest form of a message; any other value, and a message that has it already, is answered as it stands. Throws
 * where a registry never comes to an end.
 */
export function upcast(value: unknown, registry: UpcastRegistry = UPCASTS): unknown {
  if (!isVersioned(value)) return value;
  let message = value;
  for (let step = 0; step < LONGEST_CHAIN; step++) {
    const key = `${message.type}@${message.version ?? 1}`;
    const next = Object.hasOwn(registry, key) ? registry[key] : undefined;
    if (next === undefined) return message;
    message = advanced(message, next(message));
  }
  throw new Error(`the upcasts of ${value.type} never end`);
}

/** The next form carries the next number, unless the function renamed the type or set a number itself. */
function advanced(before: VersionedMessage, after: VersionedMessage): VersionedMessage {
  if (after.type !== before.type || (after.version !== undefined && after.version !== before.version)) return after;
  return { ...after, version: (before.version ?? 1) + 1 };
}

function isVersioned(value: unknown): value is VersionedMessage {
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') return false;
  return !('version' in value) || Number.isInteger(value.version);
}

/** The number of a type's newest form: what its writer puts into `version` where it is above 1. */
export function newestVersion(type: string, registry: UpcastRegistry = UPCASTS): number {
  let version = 1;
  while (Object.hasOwn(registry, `${type}@${version}`)) version++;
  return version;
}
