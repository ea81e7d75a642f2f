/**
 * Instants. Inside: whole microseconds since 1970-01-01T00:00:00Z in a number (exact until the year 2255).
 * On the wire: ISO 8601 in UTC with microseconds, `2026-11-23T20:35:17.123456Z`.
 */

let cachedSecond = -1;
let cachedPrefix = '';

/** ISO 8601 text of an instant in µs; always 27 characters for years 1970 to 9999. */
export function formatInstant(micros: number): string {
  const second = Math.floor(micros / 1e6);
  if (second !== cachedSecond) {
    cachedPrefix = new Date(second * 1000).toISOString().slice(0, 20);
    cachedSecond = second;
  }
  return `${cachedPrefix}${String(micros - second * 1e6).padStart(6, '0')}Z`;
}

const INSTANT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** µs since the epoch of an ISO 8601 text with a zone; finer digits are cut off. Null where it is none. */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  if (!match) return null;
  const millis = Date.parse(`${match[1]}${match[3]}`);
  if (Number.isNaN(millis)) return null;
  return millis * 1000 + Number((match[2] ?? '').padEnd(6, '0').slice(0, 6));
}
