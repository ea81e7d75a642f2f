import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.js';

/** Only what may pass by itself is tried again: no answer, or an answer of 5xx. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => isPassing(error) && failures < 1,
        retryDelay: 800,
      },
    },
  });
}
