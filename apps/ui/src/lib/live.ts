/** The page's own live connection, and how components use it. */
import { useSyncExternalStore } from 'react';
import { api, session } from './api/page-client.js';
import { LiveConnection } from './live-connection.js';
import type { LiveState } from './live-connection.js';

export const live = new LiveConnection({
  open: (token) => {
    const url = new URL('/api/v1/live', window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('token', token);
    return new WebSocket(url);
  },
  accessToken: () => session.current()?.accessToken ?? null,
  renew: api.refresh,
  later: (task, delayMs) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
});

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.onState, live.state);
}
