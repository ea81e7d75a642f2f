/**
 * From fields to a line: whatever a collector took apart becomes an RFC 5424 line again, so that it is read like any
 * other. A field that has a place in the header goes there under any of the names that collectors give it; the others
 * stand in structured data. Nothing is left out.
 */
import { formatInstant } from '@opmas/contracts';
import { TOKEN_LIMITS, formatElement, formatHead, isHeaderToken, isSdName } from './rfc5424-line.js';
import type { LineFields, SdElement } from './rfc5424-line.js';
import { facilityOf, severityOf } from './severity-names.js';

/** A value as JSON has it; 64-bit integers beyond a double's are decimal text. */
export type FieldValue = null | boolean | number | string | FieldValue[] | { [name: string]: FieldValue };

export type Fields = readonly (readonly [name: string, value: FieldValue])[];

/** The private enterprise number of our SD-IDs: IANA's for examples (RFC 5612), which is nobody's. */
const ENTERPRISE = 32473;
/** Of the 64 KiB of a line structured data gets no more, so that the message is not cut for it. */
const MAX_DATA_CHARACTERS = 40 * 1024;
const DEFAULT_FACILITY = 1;
const DEFAULT_SEVERITY = 5;

/** Names of each header field, in the order in which they are looked for. */
const NAMES = {
  priority: ['priority', 'pri', 'syslog.priority'],
  facility: ['facility', 'facility_text', 'syslog.facility', 'syslog.facility.code', 'syslog.facility.name'],
  severity: ['severity', 'severity_text', 'syslog.severity', 'syslog.severity.code', 'syslog.severity.name', 'level'],
  hostname: ['hostname', 'host.name', 'host', 'syslog.hostname', 'HOSTNAME'],
  appName: [
    'appname',
    'app_name',
    'appName',
    'ident',
    'program',
    'syslog.appname',
    'service.name',
    'SYSLOG_IDENTIFIER',
  ],
  procId: ['proc_id', 'procid', 'procId', 'pid', 'syslog.procid', 'process.pid'],
  msgId: ['msg_id', 'msgid', 'msgId', 'syslog.msgid'],
  version: ['version', 'syslog.version'],
  timestamp: ['timestamp', '@timestamp', 'time', 'date'],
  message: ['message', 'msg', 'log', 'MESSAGE'],
  structuredData: ['structured_data', 'structuredData'],
} as const;

export type FieldName = keyof typeof NAMES;

/** A field's value as the text of a parameter. */
export function fieldText(value: FieldValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Fields of one source, of which those that found a place elsewhere are taken out. */
export class FieldSet {
  readonly #fields: Fields;
  readonly #taken = new Set<number>();

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  /** The first field of these names whose value `read` accepts; it needs no other place then. */
  find<T>(name: FieldName, read: (value: FieldValue) => T | null): T | null {
    if (this.#fields.length === 0) return null;
    for (const wanted of NAMES[name]) {
      const index = this.#fields.findIndex(([own], at) => own === wanted && !this.#taken.has(at));
      if (index < 0) continue;
      const value = read(this.#fields[index]![1]);
      if (value === null) continue;
      this.#taken.add(index);
      return value;
    }
    return null;
  }

  /** Those that are left, as one element; null for none. A field whose name fits no parameter is in `json`. */
  element(name: string): SdElement | null {
    const params: [string, string][] = [];
    const others: [string, FieldValue][] = [];
    this.#fields.forEach((field, index) => {
      if (this.#taken.has(index)) return;
      const [own, value] = field;
      if (own !== 'json' && isSdName(own)) params.push([own, fieldText(value)]);
      else others.push([own, value]);
    });
    if (others.length > 0) params.push(['json', JSON.stringify(Object.fromEntries(others))]);
    return params.length > 0 ? { id: `${name}@${ENTERPRISE}`, params } : null;
  }
}

const token =
  (limit: number) =>
  (value: FieldValue): string | null => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return isHeaderToken(text, limit) ? text : null;
  };

const number =
  (most: number) =>
  (value: FieldValue): number | null => {
    const text = fieldText(value);
    return /^\d{1,3}$/.test(text) && Number(text) <= most ? Number(text) : null;
  };

/** The first set that has the field wins. */
function first<T>(sets: readonly FieldSet[], name: FieldName, read: (value: FieldValue) => T | null): T | null {
  for (const set of sets) {
    const value = set.find(name, read);
    if (value !== null) return value;
  }
  return null;
}

/** PRI: as the sender had it, else put together; a part that says the same again needs no other place. */
function readPriority(sets: readonly FieldSet[], knownSeverity: number | null): number {
  const priority = first(sets, 'priority', number(191));
  if (priority === null) {
    const facility = first(sets, 'facility', (value) => facilityOf(fieldText(value))) ?? DEFAULT_FACILITY;
    const severity = knownSeverity ?? first(sets, 'severity', (value) => severityOf(fieldText(value)));
    return facility * 8 + (severity ?? DEFAULT_SEVERITY);
  }
  const same = (own: number, read: (text: string) => number | null) => (value: FieldValue) =>
    read(fieldText(value)) === own ? true : null;
  for (let isMore: true | null = true; isMore;) isMore = first(sets, 'facility', same(priority >> 3, facilityOf));
  for (let isMore: true | null = true; isMore;) isMore = first(sets, 'severity', same(priority & 7, severityOf));
  return priority;
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

/** A time stamp of RFC 5424 from RFC 3339 text, or from seconds since 1970. */
function readTimestamp(value: FieldValue): string | null {
  if (typeof value === 'number') return value > 1e8 && value < 1e11 ? formatInstant(Math.round(value * 1e6)) : null;
  const match = typeof value === 'string' ? RFC_3339.exec(value) : null;
  if (!match) return null;
  return `${match[1]}T${match[2]}${match[3] === undefined ? '' : `.${match[3]}`}${match[4]!.toUpperCase()}`;
}

/** Elements that a syslog receiver read: `{ "<SD-ID>": { "<PARAM-NAME>": "<value>" } }`. */
function readElements(value: FieldValue): SdElement[] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const elements: SdElement[] = [];
  for (const [id, params] of Object.entries(value)) {
    if (!isSdName(id) || typeof params !== 'object' || params === null || Array.isArray(params)) return null;
    const pairs = Object.entries(params);
    if (!pairs.every(([name, text]) => isSdName(name) && typeof text === 'string')) return null;
    elements.push({ id, params: pairs as [string, string][] });
  }
  return elements;
}

/** Header fields that are names, as far as there are any. */
export type HeaderNames = Partial<Record<keyof typeof TOKEN_LIMITS, string>>;

/** The names that fields give; those of a resource are read once, for all of its records. */
export function headerNames(fields: Fields): HeaderNames {
  const set = new FieldSet(fields);
  const names: HeaderNames = {};
  for (const name of ['hostname', 'appName', 'procId', 'msgId'] as const) {
    const value = set.find(name, token(TOKEN_LIMITS[name]));
    if (value !== null) names[name] = value;
  }
  return names;
}

/** What a line is made of beside its fields. */
export interface LineParts {
  /** Where header fields are looked for: the first that has one gives it. */
  sets: readonly { name: string; fields: FieldSet }[];
  /** What the header has where the sets have nothing. */
  defaults?: HeaderNames;
  severity?: number | null;
  timestamp?: string | null;
  /** Further elements, first to last. */
  before?: readonly SdElement[];
  /** As `formatElement` writes them. */
  behind?: readonly string[];
}

/** All of a line before its message, and whether some of its data had to be left out because there is so much. */
export interface LineHead {
  text: string;
  isCut: boolean;
}

/** Writes all that stands before the message. */
export function lineHead(parts: LineParts): LineHead {
  const { before = [], behind = [], defaults = {} } = parts;
  const sets = parts.sets.map(({ fields }) => fields);
  const named = (name: keyof typeof TOKEN_LIMITS): string | null =>
    first(sets, name, token(TOKEN_LIMITS[name])) ?? defaults[name] ?? null;
  const fields: LineFields = {
    priority: readPriority(sets, parts.severity ?? null),
    timestamp: parts.timestamp ?? first(sets, 'timestamp', readTimestamp),
    hostname: named('hostname'),
    appName: named('appName'),
    procId: named('procId'),
    msgId: named('msgId'),
  };
  first(sets, 'version', (value) => (fieldText(value) === '1' ? true : null));
  const elements = [...(first(sets, 'structuredData', readElements) ?? []), ...before];
  for (const { name, fields: left } of parts.sets) {
    const element = left.element(name);
    if (element) elements.push(element);
  }
  const { text, isCut } = within([...elements.map(formatElement), ...behind]);
  return { text: formatHead(fields, text), isCut };
}

/** Elements that fit; of those that do not, the names. */
function within(texts: readonly string[]): { text: string; isCut: boolean } {
  const omitted: string[] = [];
  let text = '';
  for (const element of texts) {
    if (text.length + element.length <= MAX_DATA_CHARACTERS) text += element;
    else omitted.push(/^\[([^ \]]*)/.exec(element)![1]!);
  }
  if (omitted.length === 0) return { text, isCut: false };
  const names = omitted.slice(0, 20).join(' ');
  return { text: text + formatElement({ id: `omitted@${ENTERPRISE}`, params: [['elements', names]] }), isCut: true };
}
