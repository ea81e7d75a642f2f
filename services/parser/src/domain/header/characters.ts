/** Character tests and small scanners over char codes; a scanner that runs off the end sees NaN, which matches nothing. */
export const SPACE = 32;
export const COLON = 58;
export const OPEN_BRACKET = 91;
export const CLOSE_BRACKET = 93;
export const DOT = 46;

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** First index at or after `from` that is no digit, but at most `from + limit`. */
export function endOfDigits(text: string, from: number, limit: number): number {
  let at = from;
  while (at < from + limit && isDigit(text.charCodeAt(at))) at++;
  return at;
}

export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}

/** Index of the next space at or after `from`, else the text's length. */
export function endOfToken(text: string, from: number): number {
  const at = text.indexOf(' ', from);
  return at < 0 ? text.length : at;
}

/** Number of the digits in `[from, to)`, which the caller has checked. */
export function digitsToNumber(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

/** Two digits as a number, or -1. */
export function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** µs of the fraction digits in `[from, to)`; finer digits are cut off. */
export function fractionToMicros(text: string, from: number, to: number): number {
  let value = 0;
  for (let digit = 0; digit < 6; digit++) {
    value = value * 10 + (from + digit < to ? text.charCodeAt(from + digit) - 48 : 0);
  }
  return value;
}
