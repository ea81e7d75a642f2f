/** What every form of a syslog line is read into, and the one function that reads them all. */
import type { LineTime } from './line-time.js';
import { readRfc5424 } from './rfc5424.js';
import { readClassic } from './classic.js';
import { readJson } from './json.js';
import { readPriority } from './priority.js';
import { isDigit, skipSpaces } from './characters.js';
import type { HeaderSpan } from './spans.js';
import type { StructuredData } from './structured-data.js';

/**
 * How the line was recognised: `rfc5424`, `rfc3164` (BSD syslog as routers send it, logread's `-f -r` included),
 * `logread` (what `logread` shows on a terminal), `dmesg` (kernel ring buffer), `json` (one object a line: GELF, journald's
 * export, `ubus call log read`, relays' templates), `tag` (only `tag[pid]: text`), `none`.
 */
export type HeaderForm = 'rfc5424' | 'rfc3164' | 'logread' | 'dmesg' | 'json' | 'tag' | 'none';

/** The header fields of one line; absent ones are null. `message` is the rest of the line. */
export interface Header {
  form: HeaderForm;
  facility: number | null;
  severity: number | null;
  hostname: string | null;
  appName: string | null;
  procId: string | null;
  msgId: string | null;
  structuredData: StructuredData | null;
  message: string;
  time: LineTime | null;
  /** µs since boot, where the kernel's `[seconds.micros]` stands in the line. */
  uptimeMicros: number | null;
  /** RFC 5424's VERSION; null for every other form. */
  version: number | null;
  /** logread's `log_prefix`: what stands between hostname and tag. */
  prefix: string | null;
  /** In the order in which they were read; null where nobody asked. */
  spans: HeaderSpan[] | null;
}

/** A header that says nothing: the whole text is the message. */
export function headerless(text: string): Header {
  return {
    form: 'none',
    facility: null,
    severity: null,
    hostname: null,
    appName: null,
    procId: null,
    msgId: null,
    structuredData: null,
    message: text,
    time: null,
    uptimeMicros: null,
    version: null,
    prefix: null,
    spans: null,
  };
}

/** Reads any text; never throws. What does not parse is a header of form `none`, its text whole in `message`. */
export function parseHeader(text: string): Header {
  const header = headerless(text);
  read(text, header);
  return header;
}

/** The same with the `spans` that each field came from; together with the separators they make up the whole text. */
export function parseHeaderWithSpans(text: string): Header & { spans: HeaderSpan[] } {
  const header = { ...headerless(text), spans: [] as HeaderSpan[] };
  read(text, header);
  if (header.form === 'none') header.spans = [{ part: 'message', from: 0, to: text.length }];
  return header;
}

const OPEN_BRACE = 123;

function read(text: string, header: Header): void {
  const at = readPriority(text, header);
  const first = text.charCodeAt(at);
  if (isDigit(first) && readRfc5424(text, at, header)) return;
  if ((first === OPEN_BRACE || text.charCodeAt(skipSpaces(text, at)) === OPEN_BRACE) && readJson(text, at, header))
    return;
  readClassic(text, at, header);
}
