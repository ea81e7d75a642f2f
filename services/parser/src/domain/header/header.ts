/** What every form of a syslog line is read into, and the one function that reads them all. */
import type { LineTime } from './line-time.js';
import { readRfc5424 } from './rfc5424.js';
import { readClassic } from './classic.js';
import { readPriority } from './priority.js';
import { isDigit } from './characters.js';

/**
 * How the line was recognised: `rfc5424`, `rfc3164` (BSD syslog as routers send it, logread's `-f -r` included),
 * `logread` (what `logread` shows on a terminal), `dmesg` (kernel ring buffer), `tag` (only `tag[pid]: text`), `none`.
 */
export type HeaderForm = 'rfc5424' | 'rfc3164' | 'logread' | 'dmesg' | 'tag' | 'none';

/** SD-ID → (PARAM-NAME → PARAM-VALUE). */
export type StructuredData = Record<string, Record<string, string>>;

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
  };
}

/** Reads any text; never throws. What does not parse is a header of form `none`, its text whole in `message`. */
export function parseHeader(text: string): Header {
  const header = headerless(text);
  const afterPriority = readPriority(text, header);
  if (afterPriority > 0 && isDigit(text.charCodeAt(afterPriority)) && readRfc5424(text, afterPriority, header)) {
    return header;
  }
  readClassic(text, afterPriority, header);
  return header;
}
