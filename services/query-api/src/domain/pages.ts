/** Keyset pages: a cursor holds the sort key of the last item, so that a page costs the same however deep it is. */

/** Sort key of an item: its main value and its id, both as texts. */
export interface Cursor {
  at: string;
  id: string;
}

/** Opaque to clients. */
export function formatCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.at, cursor.id])).toString('base64url');
}

/** Null for a text that `formatCursor` did not make. */
export function parseCursor(text: string): Cursor | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [at, id] = value as unknown[];
    return typeof at === 'string' && typeof id === 'string' ? { at, id } : null;
  } catch {
    return null;
  }
}

export interface Page<Item> {
  items: Item[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** A page out of one item more than was asked for, which tells whether another page follows. */
export function pageOf<Item>(found: readonly Item[], limit: number, keyOf: (item: Item) => Cursor): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? formatCursor(keyOf(last)) : null };
}
