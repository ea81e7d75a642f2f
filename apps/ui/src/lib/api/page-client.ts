/** The page's own session and API client. Everything else takes them from here. */
import { SessionStore } from '../session.js';
import { createApiClient } from './client.js';

export const session = new SessionStore({ lasting: localStorage, passing: sessionStorage });

function exclusively<T>(task: () => Promise<T>): Promise<T> {
  // Web Locks need a secure context: plain http to another host has none.
  if (!('locks' in navigator)) return task();
  return navigator.locks.request('opmas.refresh', task);
}

export const api = createApiClient({ session, fetch: (...call) => fetch(...call), exclusively });
