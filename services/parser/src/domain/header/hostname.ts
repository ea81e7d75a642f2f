/** Which words may be the name of a host. */
import { COLON, isAlphanumeric } from './characters.js';

const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;
const PERCENT = 37;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const LONGEST_HOSTNAME = 255;

function isNameLetter(code: number): boolean {
  return isAlphanumeric(code) || code === DASH || code === DOT || code === UNDERSCORE || code === COLON;
}

/**
 * Whether the token may be a hostname: another token follows, it is made of the letters of names and addresses (with the
 * kernel's `(none)` and an IPv6 zone's `%`), and it does not end like a tag. The ingestor's sender key goes by the same
 * rule; a spec of the command line holds the two together.
 */
export function isHostname(text: string, from: number, to: number): boolean {
  if (to === from || to >= text.length || to - from > LONGEST_HOSTNAME) return false;
  if (text.charCodeAt(to - 1) === COLON) return false;
  let isNamed = false;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code) || code > 127) isNamed = true;
    else if (!isNameLetter(code) && code !== OPEN_PARENTHESIS && code !== CLOSE_PARENTHESIS) {
      if (code !== PERCENT || at === from) return false;
    }
  }
  return isNamed && !text.startsWith('last message repeated ', from);
}

/** Whether `[from, to)` is `name:`, as Cisco's `logging origin-id` puts it in front of the time. */
export function isOriginName(text: string, from: number, to: number): boolean {
  if (to - from < 2 || text.charCodeAt(to - 1) !== COLON || to - from > LONGEST_HOSTNAME) return false;
  for (let at = from; at < to - 1; at++) {
    if (!isNameLetter(text.charCodeAt(at))) return false;
  }
  return true;
}
