import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Page } from './api/resources.js';
import { emptyTail, mergeIntoPages, tailPaused, tailReceived, tailResumed } from './live-merge.js';

interface Item {
  id: string;
  at: number;
  isOpen: boolean;
}

const rules = {
  keyOf: (item: Item) => item.id,
  matches: (item: Item) => item.isOpen,
  compare: (a: Item, b: Item) => b.at - a.at,
};
const item = (id: string, at: number, isOpen = true): Item => ({ id, at, isOpen });
const ids = (pages: Page<Item>[]) => pages.map((page) => page.items.map((each) => each.id).join(''));

describe('an item that arrives live', () => {
  const pages: Page<Item>[] = [
    { items: [item('e', 9), item('d', 7)], nextCursor: 'x' },
    { items: [item('b', 5), item('a', 3)], nextCursor: 'y' },
  ];

  it('stands at its place when it is new', () => {
    expect(ids(mergeIntoPages(pages, item('f', 10), rules))).toEqual(['fed', 'ba']);
    expect(ids(mergeIntoPages(pages, item('c', 6), rules))).toEqual(['ed', 'cba']);
  });

  it('takes the place of its older self, and leaves when it no longer matches', () => {
    expect(ids(mergeIntoPages(pages, item('d', 7), rules)).join('')).toBe('edba');
    expect(ids(mergeIntoPages(pages, item('a', 8), rules)).join('')).toBe('eadb');
    expect(ids(mergeIntoPages(pages, item('d', 7, false), rules))).toEqual(['e', 'ba']);
    expect(ids(mergeIntoPages(pages, item('z', 99, false), rules))).toEqual(['ed', 'ba']);
  });

  it('stays out where it belongs below what is loaded, until the list is loaded to its end', () => {
    expect(ids(mergeIntoPages(pages, item('0', 1), rules))).toEqual(['ed', 'ba']);
    expect(ids(mergeIntoPages(pages, item('a', 1), rules))).toEqual(['ed', 'ba']);
    const whole = pages.with(1, { items: [item('b', 5)], nextCursor: null });
    expect(ids(mergeIntoPages(whole, item('0', 1), rules))).toEqual(['ed', 'b0']);
    expect(ids(mergeIntoPages([{ items: [], nextCursor: null }], item('0', 1), rules))).toEqual(['0']);
  });

  it('keeps lists in order and free of copies, whatever arrives', () => {
    const arrivals = fc.array(fc.record({ id: fc.constantFrom(...'abcdefgh'), at: fc.nat(50), isOpen: fc.boolean() }), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(arrivals, (list) => {
        let merged: Page<Item>[] = [{ items: [], nextCursor: null }];
        for (const each of list) merged = mergeIntoPages(merged, each, rules);
        const flat = merged.flatMap((page) => page.items);
        expect(new Set(flat.map((each) => each.id)).size).toBe(flat.length);
        expect(flat.map((each) => each.at)).toEqual(flat.map((each) => each.at).toSorted((a, b) => b - a));
        const last = new Map(list.map((each) => [each.id, each]));
        expect(flat.length).toBe([...last.values()].filter((each) => each.isOpen).length);
      }),
    );
  });
});

describe('the live tail', () => {
  const limits = { shown: 4, waiting: 3 };
  const line = (number: number) => ({
    id: `l${number}`,
    receivedAt: `2026-11-23T20:00:${String(number).padStart(2, '0')}.000000Z`,
  });
  const batch = (numbers: number[], skipped = 0) => ({ items: numbers.map(line), skipped });
  const shown = (tail: { shown: readonly { id: string }[] }) => tail.shown.map((each) => each.id).join(' ');

  it('shows the newest first, each once, and no more than its bound', () => {
    let tail = tailReceived(emptyTail<ReturnType<typeof line>>(), batch([1, 3, 2]), limits);
    expect(shown(tail)).toBe('l3 l2 l1');
    tail = tailReceived(tail, batch([3, 4, 5]), limits);
    expect(shown(tail)).toBe('l5 l4 l3 l2');
  });

  it('holds lines back while paused, counts what it had to drop, and gives them when it goes on', () => {
    let tail = tailPaused(tailReceived(emptyTail<ReturnType<typeof line>>(), batch([1]), limits));
    tail = tailReceived(tail, batch([2, 3, 4, 5], 7), limits);
    expect(shown(tail)).toBe('l1');
    expect(tail.waiting).toHaveLength(3);
    expect(tail.skipped).toBe(8);
    tail = tailResumed(tail, limits);
    expect(shown(tail)).toBe('l5 l4 l3 l1');
    expect(tail).toMatchObject({ paused: false, waiting: [] });
  });
});
