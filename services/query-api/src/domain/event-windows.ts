/**
 * Newest events first without an index on time alone: `event_counts` says in which minutes matching events are, and how
 * many rows a window would scan, so that a page is found by one or two small windows however long the range is.
 */

/** A minute that holds matching events; µs since the epoch. */
export interface CountedMinute {
  startsAt: number;
  /** Events by the filters that the counts know (type, domain, severity). */
  matching: number;
  /** All events: what a scan of the minute reads. */
  total: number;
}

/** Half open: `from <= receivedAt < to`. */
export interface EventWindow {
  from: number;
  to: number;
}

export const MINUTE_MICROS = 60_000_000;
/** Rows that one window may make Postgres read. */
export const MAX_SCANNED_ROWS = 200_000;
const SMALLEST_SPAN_MICROS = 10_000;

/**
 * The next window to read below `range.to`, or null where nothing matches there. `minutes` are newest first; `growth`
 * (1, 2, 4, ...) widens windows where earlier ones held less than the counts promised, as with a text filter.
 */
export function nextWindow(
  minutes: readonly CountedMinute[],
  range: EventWindow,
  need: number,
  growth: number,
): EventWindow | null {
  const first = minutes.findIndex(
    (minute) => minute.startsAt < range.to && minute.startsAt + MINUTE_MICROS > range.from,
  );
  if (first < 0) return null;
  const newest = minutes[first]!;
  const to = Math.min(range.to, newest.startsAt + MINUTE_MICROS);
  if (newest.total > MAX_SCANNED_ROWS) {
    const span = Math.max(SMALLEST_SPAN_MICROS, Math.ceil((MINUTE_MICROS * need * 2) / newest.matching)) * growth;
    const widest = Math.max(SMALLEST_SPAN_MICROS, (MINUTE_MICROS * MAX_SCANNED_ROWS) / newest.total);
    const from = to - Math.floor(Math.min(span, widest));
    return { from: Math.max(range.from, newest.startsAt, from), to };
  }
  let matching = 0;
  let total = 0;
  let from = to;
  for (let i = first; i < minutes.length && matching < need * growth; i++) {
    const minute = minutes[i]!;
    total += minute.total;
    if (i > first && total > MAX_SCANNED_ROWS) break;
    matching += minute.matching;
    from = minute.startsAt;
  }
  return { from: Math.max(range.from, from), to };
}
