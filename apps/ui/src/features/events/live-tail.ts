/** The explorer's live tail: what came since the list was fetched, bounded, and held back while paused. */
import { useCallback, useEffect, useEffectEvent, useReducer } from 'react';
import type { EventRecord } from '../../lib/api/resources.js';
import type { EventQuery } from '../../lib/event-filter.js';
import { emptyTail, tailPaused, tailReceived, tailResumed } from '../../lib/live-merge.js';
import type { TailState } from '../../lib/live-merge.js';
import { useLiveEvents } from '../../lib/live-subscription.js';
import { useLiveState } from '../../lib/live.js';
import { readNewest } from './api/read-newest.js';

/** More than these the browser does not keep; the badge says so. */
export const TAIL_LIMITS = { shown: 2000, waiting: 1000 } as const;
/** By then what was received before the subscription can be queried. */
const BACKFILL_DELAY_MS = 1500;
const BACKFILL_OVERLAP_MS = 5000;

type TailEvent =
  | { kind: 'cleared' }
  | { kind: 'received'; items: readonly EventRecord[]; skipped: number }
  | { kind: 'paused' }
  | { kind: 'resumed' };

type Tail = TailState<EventRecord>;

function evolve(tail: Tail, event: TailEvent): Tail {
  switch (event.kind) {
    case 'cleared':
      return emptyTail();
    case 'received':
      return tailReceived(tail, event, TAIL_LIMITS);
    case 'paused':
      return tail.paused ? tail : tailPaused(tail);
    case 'resumed':
      return tailResumed(tail, TAIL_LIMITS);
  }
}

export interface LiveTail {
  tail: Tail;
  pause: () => void;
  resume: () => void;
}

/** `sinceMs` is the end of the fetched list: what is newer comes from here. */
export function useLiveTail(isOn: boolean, query: EventQuery, sinceMs: number): LiveTail {
  const [tail, tell] = useReducer(evolve, undefined, () => emptyTail<EventRecord>());
  const isOpen = useLiveState() === 'open';
  const filterKey = JSON.stringify(query);
  const onBatch = useCallback(
    (batch: { items: readonly EventRecord[]; skipped: number }) =>
      tell({ kind: 'received', items: batch.items, skipped: batch.skipped }),
    [],
  );
  useLiveEvents(isOn, query, onBatch);

  useEffect(() => tell({ kind: 'cleared' }), [isOn, filterKey, sinceMs]);

  const backfill = useEffectEvent(async () => {
    const newest = tail.shown[0]?.receivedAt;
    const fromMs = (newest === undefined ? sinceMs : Date.parse(newest)) - BACKFILL_OVERLAP_MS;
    try {
      onBatch({ items: await readNewest(query, fromMs), skipped: 0 });
    } catch {
      // The live connection goes on; the list's own request shows what is wrong with the API.
    }
  });
  useEffect(() => {
    if (!isOn || !isOpen) return;
    const timer = setTimeout(() => void backfill(), BACKFILL_DELAY_MS);
    return () => clearTimeout(timer);
  }, [isOn, isOpen, filterKey, sinceMs]);

  const pause = useCallback(() => tell({ kind: 'paused' }), []);
  const resume = useCallback(() => tell({ kind: 'resumed' }), []);
  return { tail, pause, resume };
}
