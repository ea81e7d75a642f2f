/** Names of interfaces as events carry them. */
const LONGEST = 64;

/** An interface's name, or null where the text is too long to be one. */
export function interfaceOf(text: string): string | null {
  return text.length > 0 && text.length <= LONGEST ? text : null;
}

/** The text between two single quotes that begin at `at`, and the index behind them; null where there is none. */
export function quotedAt(text: string, at: number): { value: string; end: number } | null {
  if (text.charCodeAt(at) !== 39) return null;
  const close = text.indexOf("'", at + 1);
  return close > at + 1 && close - at <= LONGEST + 1 ? { value: text.slice(at + 1, close), end: close + 1 } : null;
}
