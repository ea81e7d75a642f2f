/**
 * A message as words with `<*>` for what varies between lines of one kind: numbers, hex, MAC and IP addresses, quoted
 * texts, the digits of names and paths. One pass over the text, so that no text is slow.
 */
export const WILDCARD = '<*>';

/** What stands behind these is not looked at: it ends the words as one more wildcard. */
const MOST_CHARACTERS = 400;
const MOST_WORDS = 40;
const LONGEST_QUOTE = 128;

const SPACE = 32;
const COLON = 58;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function isWordCharacter(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
}

/** `.`, `:` and `-` join the parts of one variable: `<*>.<*>:<*>` is one address with its port. */
function isJoint(code: number): boolean {
  return code === 46 || code === COLON || code === 45;
}

export function maskedWords(message: string): string[] {
  const text = message.length > MOST_CHARACTERS ? message.slice(0, MOST_CHARACTERS) : message;
  const words: string[] = [];
  let word = '';
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code <= SPACE) {
      if (word !== '') words.push(word);
      if (words.length >= MOST_WORDS) break;
      word = '';
      at++;
      continue;
    }
    const end = pieceEnd(text, at, code);
    word = joined(word, pieceOf(text, at, end, code));
    at = end;
  }
  if (word !== '' && words.length < MOST_WORDS) words.push(word);
  if (at < text.length || text.length < message.length) words.push(WILDCARD);
  return words;
}

/** Where the piece that begins at `at` ends: a quoted text, an address of colons, a word, or one other character. */
function pieceEnd(text: string, at: number, code: number): number {
  if (code === 34 || code === 39) return quoteEnd(text, at, code);
  if (isHex(code)) {
    const address = addressEnd(text, at);
    if (address > at) return address;
  }
  if (!isWordCharacter(code)) return at + 1;
  let end = at + 1;
  while (end < text.length && isWordCharacter(text.charCodeAt(end))) end++;
  return end;
}

/** An apostrophe is no quotation mark: in front of an opening one, and behind a closing one, stands no letter. */
function quoteEnd(text: string, at: number, quote: number): number {
  if (at > 0 && isWordCharacter(text.charCodeAt(at - 1))) return at + 1;
  const limit = Math.min(text.length, at + LONGEST_QUOTE);
  for (let end = at + 1; end < limit; end++) {
    if (text.charCodeAt(end) !== quote) continue;
    const next = end + 1 < text.length ? text.charCodeAt(end + 1) : SPACE;
    if (!isWordCharacter(next)) return end + 1;
  }
  return at + 1;
}

const LONGEST_ADDRESS = 45;

/** The end of a MAC or IPv6 address at `at` (at least two colons among hexadecimal digits), or `at` where there is none. */
function addressEnd(text: string, at: number): number {
  if (at > 0 && isWordCharacter(text.charCodeAt(at - 1))) return at;
  const limit = Math.min(text.length, at + LONGEST_ADDRESS);
  let colons = 0;
  let group = 0;
  let end = at;
  for (; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (isHex(code)) {
      if (++group > 4) return at;
    } else if (code === COLON) {
      colons++;
      group = 0;
    } else break;
  }
  if (end < text.length && isWordCharacter(text.charCodeAt(end))) return at;
  while (end > at && text.charCodeAt(end - 1) === COLON && text.charCodeAt(end - 2) !== COLON) {
    end--;
    colons--;
  }
  return colons >= 2 ? end : at;
}

const SHORTEST_HEX = 8;

function pieceOf(text: string, at: number, end: number, code: number): string {
  const isQuote = code === 34 || code === 39;
  if (isQuote && end > at + 1) return `${text.charAt(at)}${WILDCARD}${text.charAt(at)}`;
  if (end === at + 1 && !isDigit(code)) return text.charAt(at);
  let isAllHex = end - at >= SHORTEST_HEX;
  for (let index = at; index < end; index++) {
    const each = text.charCodeAt(index);
    if (isDigit(each) || each === COLON) return WILDCARD;
    if (isAllHex && !isHex(each)) isAllHex = false;
  }
  return isAllHex ? WILDCARD : text.slice(at, end);
}

function joined(word: string, piece: string): string {
  if (piece !== WILDCARD || word.length < WILDCARD.length + 1) return word + piece;
  const isJoined = isJoint(word.charCodeAt(word.length - 1)) && word.endsWith(WILDCARD, word.length - 1);
  return isJoined ? word.slice(0, -1) : word + piece;
}
