/** Messages that are told apart by how they begin: found by their first character, then tried in the order given. */
import type { TypedMessage } from './dialect.js';

/** How a message begins, and what is read of it; `rest` is the text behind `start`, its end trimmed. */
export type Phrase = readonly [start: string, read: (message: string, rest: string) => TypedMessage | null];

/** One look-up in a table, then a few comparisons: what a message costs that begins like none of them. */
export function phrasebook(phrases: readonly Phrase[]): (message: string) => TypedMessage | null {
  const byFirst = new Map<number, Phrase[]>();
  for (const phrase of phrases) {
    const first = phrase[0].charCodeAt(0);
    const list = byFirst.get(first);
    if (list === undefined) byFirst.set(first, [phrase]);
    else list.push(phrase);
  }
  return (message) => {
    const candidates = byFirst.get(message.charCodeAt(0));
    if (candidates === undefined) return null;
    for (const [start, read] of candidates) {
      if (message.startsWith(start)) return read(message, message.slice(start.length).trimEnd());
    }
    return null;
  };
}

const LONGEST_WORD = 40;

/** Where the letters, digits and underscores end that a text begins with. */
function wordEnd(text: string): number {
  const limit = Math.min(text.length, LONGEST_WORD);
  for (let at = 0; at < limit; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 95) return at;
  }
  return limit;
}

/**
 * A phrasebook for hundreds of beginnings: found by the first word, whole, so that `Oops` is no beginning of `Oopsy`. A
 * reading that knows nothing to say leaves the message to the next phrase of the same word.
 */
export function wordbook(phrases: readonly Phrase[]): (message: string) => TypedMessage | null {
  const byWord = new Map<string, Phrase[]>();
  for (const phrase of phrases) {
    const word = phrase[0].slice(0, wordEnd(phrase[0]));
    const list = byWord.get(word);
    if (list === undefined) byWord.set(word, [phrase]);
    else list.push(phrase);
  }
  return (message) => {
    const candidates = byWord.get(message.slice(0, wordEnd(message)));
    if (candidates === undefined) return null;
    for (const [start, read] of candidates) {
      if (!message.startsWith(start)) continue;
      const said = read(message, message.slice(start.length).trimEnd());
      if (said !== null) return said;
    }
    return null;
  };
}

/** The same reading for several beginnings. */
export function alike(starts: readonly string[], read: Phrase[1]): Phrase[] {
  return starts.map((start) => [start, read] as const);
}

/** A sticky pattern at the start of a text; its `lastIndex` is nobody else's affair. */
export function matchStart(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
