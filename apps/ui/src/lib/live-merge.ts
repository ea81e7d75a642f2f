/** How items that arrive live join lists that were fetched. Pure. */
import type { Page } from './api/resources.js';

export interface MergeRules<T> {
  keyOf: (item: T) => string;
  /** Whether the list's filter lets the item in. */
  matches: (item: T) => boolean;
  /** Below zero where `a` stands before `b`. */
  compare: (a: T, b: T) => number;
}

/**
 * Puts an item into pages that are in order: in place of its older self, at its place where it is new, out where it no
 * longer matches. A new item that belongs after all that is loaded stays out while more can be fetched: fetching gives it.
 */
export function mergeIntoPages<T>(pages: readonly Page<T>[], item: T, rules: MergeRules<T>): Page<T>[] {
  const key = rules.keyOf(item);
  const without = pages.map((page) => ({ ...page, items: page.items.filter((other) => rules.keyOf(other) !== key) }));
  if (!rules.matches(item)) return without;
  const pageIndex = without.findIndex((page) => page.items.some((other) => rules.compare(item, other) < 0));
  if (pageIndex === -1) {
    const last = without.at(-1);
    const wasThere = pages.some((page) => page.items.some((other) => rules.keyOf(other) === key));
    if (!last || (last.nextCursor !== null && !wasThere)) return without;
    return [...without.slice(0, -1), { ...last, items: [...last.items, item] }];
  }
  return without.map((page, index) => {
    if (index !== pageIndex) return page;
    const at = page.items.findIndex((other) => rules.compare(item, other) < 0);
    return { ...page, items: page.items.toSpliced(at, 0, item) };
  });
}

/** The newest lines of a live tail, bounded, with those that wait while it is paused. */
export interface TailState<T> {
  /** Newest first. */
  shown: readonly T[];
  waiting: readonly T[];
  paused: boolean;
  /** Lines that the server left out because there were too many, or that fell out of `waiting`. */
  skipped: number;
}

export interface TailLimits {
  shown: number;
  waiting: number;
}

/** Instants of one format order as text. */
function newestFirst(a: { receivedAt: string }, b: { receivedAt: string }): number {
  if (a.receivedAt === b.receivedAt) return 0;
  return a.receivedAt < b.receivedAt ? 1 : -1;
}

export function emptyTail<T>(): TailState<T> {
  return { shown: [], waiting: [], paused: false, skipped: 0 };
}

/** Takes a batch in any order; lines that are already there are passed over. */
export function tailReceived<T extends { id: string; receivedAt: string }>(
  tail: TailState<T>,
  batch: { items: readonly T[]; skipped: number },
  limits: TailLimits,
): TailState<T> {
  const known = new Set([...tail.shown, ...tail.waiting].map((line) => line.id));
  const fresh = batch.items.filter((line) => !known.has(line.id)).toSorted(newestFirst);
  if (tail.paused) {
    const waiting = [...fresh, ...tail.waiting];
    const dropped = Math.max(0, waiting.length - limits.waiting);
    return { ...tail, waiting: waiting.slice(0, limits.waiting), skipped: tail.skipped + batch.skipped + dropped };
  }
  return { ...tail, shown: [...fresh, ...tail.shown].slice(0, limits.shown), skipped: tail.skipped + batch.skipped };
}

export function tailPaused<T>(tail: TailState<T>): TailState<T> {
  return { ...tail, paused: true };
}

export function tailResumed<T>(tail: TailState<T>, limits: TailLimits): TailState<T> {
  return { ...tail, paused: false, waiting: [], shown: [...tail.waiting, ...tail.shown].slice(0, limits.shown) };
}
