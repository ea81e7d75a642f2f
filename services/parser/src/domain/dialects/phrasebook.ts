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

/** The same reading for several beginnings. */
export function alike(starts: readonly string[], read: Phrase[1]): Phrase[] {
  return starts.map((start) => [start, read] as const);
}

/** A sticky pattern at the start of a text; its `lastIndex` is nobody else's affair. */
export function matchStart(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
