/** Which part of a line became which field: only for explanations and tests, so a reader's hot path pays one comparison. */

/** The parts that a header is made of. What lies in no span are separators: spaces, `:` and the brackets of a pid. */
export type HeaderPart =
  | 'priority'
  | 'version'
  | 'sequence'
  | 'clockMark'
  | 'time'
  | 'zone'
  | 'hostname'
  | 'prefix'
  | 'appName'
  | 'procId'
  | 'msgId'
  | 'structuredData'
  | 'uptime'
  | 'caller'
  | 'byteOrderMark'
  | 'message';

/** `[from, to)` in UTF-16 units of the line without its trailer. */
export interface HeaderSpan {
  part: HeaderPart;
  from: number;
  to: number;
}

/** Notes a span where somebody wants to know. */
export function mark(header: { spans: HeaderSpan[] | null }, part: HeaderPart, from: number, to: number): void {
  if (header.spans !== null) header.spans.push({ part, from, to });
}
