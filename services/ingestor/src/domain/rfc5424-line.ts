/** Writes RFC 5424 lines, for what arrives as fields and not as a line. */

/** One SD-ELEMENT; a parameter's name may be repeated (RFC 5424, 6.3.3). */
export interface SdElement {
  id: string;
  params: readonly (readonly [name: string, value: string])[];
}

export interface LineFields {
  /** 0 to 191. */
  priority: number;
  /** RFC 3339 with at most 6 digits of a second; null for none. */
  timestamp: string | null;
  hostname: string | null;
  appName: string | null;
  procId: string | null;
  msgId: string | null;
}

/** Longest tokens of the header, in characters (RFC 5424, 6). */
export const TOKEN_LIMITS = { hostname: 255, appName: 48, procId: 128, msgId: 32 } as const;
const MAX_SD_NAME = 32;

const PRINTABLE = /^[\x21-\x7e]+$/;
const SD_NAME = /^[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]+$/;
const TO_ESCAPE = /["\\\]]/g;

/** True for a text that may stand as a token of the header; `-` alone would read as none. */
export function isHeaderToken(text: string, limit: number): boolean {
  return text.length <= limit && text !== '-' && PRINTABLE.test(text);
}

/** True for a text that may be an SD-ID or a PARAM-NAME. */
export function isSdName(text: string): boolean {
  return text.length <= MAX_SD_NAME && SD_NAME.test(text);
}

/** An element as it stands in the line. */
export function formatElement({ id, params }: SdElement): string {
  let text = `[${id}`;
  for (const [name, value] of params) text += ` ${name}="${value.replace(TO_ESCAPE, '\\$&')}"`;
  return `${text}]`;
}

/** All that stands before MSG; `structuredData` is elements as `formatElement` writes them, '' for none. */
export function formatHead(fields: LineFields, structuredData: string): string {
  const { priority, timestamp, hostname, appName, procId, msgId } = fields;
  const tokens = [timestamp, hostname, appName, procId, msgId].map((token) => token ?? '-').join(' ');
  return `<${priority}>1 ${tokens} ${structuredData === '' ? '-' : structuredData}`;
}
