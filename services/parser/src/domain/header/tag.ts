/** `tag[pid]: ` in front of a message. */
import { CLOSE_BRACKET, COLON, OPEN_BRACKET, SPACE } from './characters.js';

export interface Tag {
  /** Null for logread's empty tag. */
  appName: string | null;
  procId: string | null;
  /** Index of the message. */
  end: number;
}

const LONGEST_TAG = 64;
const LONGEST_PID = 32;

/** Reads a tag at `at`: `name:`, `name[pid]:`, `name[pid] `, `[pid]:` or a lone `:`. Null where there is none. */
export function readTag(text: string, at: number): Tag | null {
  const limit = Math.min(text.length, at + LONGEST_TAG);
  for (let end = at; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (code <= SPACE) return null;
    if (code === OPEN_BRACKET) return readPid(text, at, end);
    if (code === COLON && endsTag(text, end)) return named(text, at, end, null, afterColons(text, end));
  }
  return null;
}

function named(text: string, at: number, nameEnd: number, procId: string | null, behind: number): Tag {
  const end = text.charCodeAt(behind) === SPACE ? behind + 1 : behind;
  return { appName: nameEnd > at ? text.slice(at, nameEnd) : null, procId, end };
}

/** A colon ends a tag where a space or nothing follows it; `wan-check:: ` is met too. */
function endsTag(text: string, colon: number): boolean {
  const next = text.charCodeAt(afterColons(text, colon));
  return Number.isNaN(next) || next === SPACE;
}

function afterColons(text: string, colon: number): number {
  return text.charCodeAt(colon + 1) === COLON ? colon + 2 : colon + 1;
}

function readPid(text: string, at: number, bracket: number): Tag | null {
  let close = bracket + 1;
  while (close <= bracket + LONGEST_PID && text.charCodeAt(close) > SPACE && text.charCodeAt(close) !== CLOSE_BRACKET)
    close++;
  if (text.charCodeAt(close) !== CLOSE_BRACKET || close === bracket + 1) return null;
  const next = text.charCodeAt(close + 1);
  const colon = next === COLON;
  if (!colon && (next !== SPACE || bracket === at)) return null;
  return named(text, at, bracket, text.slice(bracket + 1, close), colon ? close + 2 : close + 1);
}
