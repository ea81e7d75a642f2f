import type { ReactNode } from 'react';
import { ErrorPane } from './state-pane.js';
import { SkeletonRows } from './ui/skeleton.js';

/** What the pane needs of a query's result. */
export interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface QueryPaneProps<T> {
  query: QueryLike<T>;
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** Skeleton, error with a retry, or the data. Data that is there stays, whatever a later fetch says. */
export function QueryPane<T>({ query, skeleton, children }: QueryPaneProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null && query.error !== undefined) {
    return <ErrorPane error={query.error} onRetry={() => void query.refetch()} />;
  }
  return skeleton ?? <SkeletonRows />;
}
