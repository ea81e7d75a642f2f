/** One ticking clock for all relative times on the page. */
import { useSyncExternalStore } from 'react';

const TICK_MS = 5000;
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** Now in ms, true to within 5 s. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}
