import type { EventRecord, Page } from '../../lib/api/resources.js';

/** Lines of the live tail and of the fetched pages, each once, newest first. */
export function mergeLines(tail: readonly EventRecord[], pages: readonly Page<EventRecord>[]): EventRecord[] {
  const fetched = pages.flatMap((page) => page.items);
  if (tail.length === 0) return fetched;
  const known = new Set(fetched.map((event) => event.id));
  return [...tail.filter((event) => !known.has(event.id)), ...fetched].toSorted((a, b) =>
    a.receivedAt === b.receivedAt ? 0 : a.receivedAt < b.receivedAt ? 1 : -1,
  );
}
