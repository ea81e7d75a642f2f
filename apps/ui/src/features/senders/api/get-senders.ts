import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { SenderPage } from '../../../lib/api/resources.js';

export const SENDERS_KEY = ['senders'] as const;

export type SenderState = 'open' | 'decided';

/** Senders whose lines carry no device; or those of whom somebody decided whose they are. The newest first. */
export function sendersQuery(state: SenderState) {
  return infiniteQueryOptions({
    queryKey: [...SENDERS_KEY, state] as const,
    queryFn: ({ signal, pageParam }) =>
      api.request<SenderPage>('unattributed', { query: { state, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: 15_000,
  });
}
