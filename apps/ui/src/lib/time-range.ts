/** Time ranges as the URL holds them: `range=15m` up to now, or `from` and `to` as instants. */

export interface RelativeRange {
  kind: 'relative';
  /** `<number><unit>`, unit one of s m h d w. */
  span: string;
}
export interface AbsoluteRange {
  kind: 'absolute';
  fromMs: number;
  toMs: number;
}
export type TimeRange = RelativeRange | AbsoluteRange;

/** The URL's form of a range. */
export interface RangeSearch {
  range?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const UNIT_NAMES: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' };
const SPAN = /^([1-9]\d{0,4})([smhdw])$/;

export const DEFAULT_SPAN = '1h';
export const SPANS = ['5m', '15m', '1h', '6h', '24h', '7d', '30d'] as const;

/** Milliseconds of a span, or null where the text is none. */
export function parseSpan(text: string): number | null {
  const match = SPAN.exec(text.trim());
  if (!match) return null;
  return Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0);
}

/** `15m` → `Last 15 minutes`. */
export function spanLabel(span: string): string {
  const match = SPAN.exec(span);
  if (!match) return span;
  const name = UNIT_NAMES[match[2] ?? ''] ?? '';
  return match[1] === '1' ? `Last ${name}` : `Last ${match[1]} ${name}s`;
}

/** The range that a URL asks for; what cannot be read, or ends before it begins, is the default. */
export function rangeOf(search: RangeSearch, defaultSpan: string = DEFAULT_SPAN): TimeRange {
  const fromMs = Date.parse(search.from ?? '');
  const toMs = Date.parse(search.to ?? '');
  if (fromMs < toMs) return { kind: 'absolute', fromMs, toMs };
  const span = search.range;
  return { kind: 'relative', span: span !== undefined && parseSpan(span) !== null ? span : defaultSpan };
}

/** The URL's form; the other form's parameters are taken out. */
export function searchOf(range: TimeRange): Required<{ [K in keyof RangeSearch]: RangeSearch[K] }> {
  if (range.kind === 'relative') return { range: range.span, from: undefined, to: undefined };
  return { range: undefined, from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
}

/** Instants of a range, the end of a relative one being `nowMs`. */
export function resolveRange(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } {
  if (range.kind === 'absolute') return { fromMs: range.fromMs, toMs: range.toMs };
  return { fromMs: nowMs - (parseSpan(range.span) ?? UNITS_MS['h'] ?? 0), toMs: nowMs };
}

/** A window around an instant, for links from a finding or a line to its surroundings. */
export function around(fromMs: number, toMs: number, marginMs: number): AbsoluteRange {
  return { kind: 'absolute', fromMs: fromMs - marginMs, toMs: toMs + marginMs };
}

/** Twice as wide around the same middle, never ending after `nowMs` unless it already did. */
export function zoomOut(range: TimeRange, nowMs: number): AbsoluteRange {
  const { fromMs, toMs } = resolveRange(range, nowMs);
  const half = (toMs - fromMs) / 2;
  const endMs = Math.max(toMs, Math.min(toMs + half, nowMs));
  return { kind: 'absolute', fromMs: Math.round(endMs - half * 4), toMs: Math.round(endMs) };
}
