/** RFC 5424's STRUCTURED-DATA (section 6.3), and the elements that other forms' extras are put into. */
import { CLOSE_BRACKET, OPEN_BRACKET, SPACE } from './characters.js';

const QUOTE = 34;
const BACKSLASH = 92;
const EQUALS = 61;

/** SD-ID → (PARAM-NAME → PARAM-VALUE). */
export type StructuredData = Record<string, Record<string, string>>;

/** Without a prototype, so that an SD-ID of `__proto__` is a name like any other. */
function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** RFC 5424 allows a name to be repeated (origin's ip, say): the values stand together, a comma between them. */
export function addParam(data: StructuredData, id: string, name: string, value: string): void {
  const params = (data[id] ??= emptyRecord());
  params[name] = name in params ? `${params[name]},${value}` : value;
}

/** Adds what a form has no header field for. */
export function addToHeader(
  header: { structuredData: StructuredData | null },
  id: string,
  name: string,
  value: string,
): void {
  header.structuredData ??= emptyRecord();
  addParam(header.structuredData, id, name, value);
}

/** One or more SD-ELEMENTs from `at`; null where the first is broken, or any of them is. */
export function readStructuredData(text: string, at: number): { data: StructuredData; end: number } | null {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  const data: StructuredData = emptyRecord();
  let next = at;
  while (text.charCodeAt(next) === OPEN_BRACKET) {
    const end = readElement(text, next + 1, data);
    if (end < 0) return null;
    next = end;
  }
  return { data, end: next };
}

function endOfName(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === EQUALS || code === QUOTE || code === CLOSE_BRACKET || code >= 127) break;
  }
  return at;
}

/** Reads `id name="value" ...]`; answers the index behind it, -1 where it is broken. */
function readElement(text: string, at: number, data: StructuredData): number {
  const idEnd = endOfName(text, at);
  if (idEnd === at) return -1;
  const id = text.slice(at, idEnd);
  data[id] ??= emptyRecord();
  let next = idEnd;
  while (text.charCodeAt(next) === SPACE) {
    const nameEnd = endOfName(text, next + 1);
    if (nameEnd === next + 1 || text.charCodeAt(nameEnd) !== EQUALS || text.charCodeAt(nameEnd + 1) !== QUOTE)
      return -1;
    const value = readValue(text, nameEnd + 2);
    if (value === null) return -1;
    addParam(data, id, text.slice(next + 1, nameEnd), value.value);
    next = value.end;
  }
  return text.charCodeAt(next) === CLOSE_BRACKET ? next + 1 : -1;
}

/** A PARAM-VALUE up to its closing quote; `\"`, `\\` and `\]` lose their backslash, other backslashes stand. */
function readValue(text: string, from: number): { value: string; end: number } | null {
  let value = '';
  let copied = from;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: value + text.slice(copied, at), end: at + 1 };
    if (code === BACKSLASH) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === QUOTE || escaped === BACKSLASH || escaped === CLOSE_BRACKET) {
        value += text.slice(copied, at);
        copied = at + 1;
        at++;
      }
    }
  }
  return null;
}
