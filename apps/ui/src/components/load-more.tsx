import { LoaderCircle } from 'lucide-react';
import { ErrorLine } from './state-pane.js';
import { Button } from './ui/button.js';

interface MoreQuery {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  error: unknown;
  fetchNextPage: () => unknown;
}

/** The foot of a list that has further pages; nothing where it is complete. */
export function LoadMore({ query }: { query: MoreQuery }) {
  const { hasNextPage, isFetchingNextPage, error, fetchNextPage } = query;
  if (error !== null && error !== undefined) {
    return (
      <div className="border-t p-3">
        <ErrorLine error={error} onRetry={() => void fetchNextPage()} />
      </div>
    );
  }
  if (!hasNextPage) return null;
  return (
    <div className="flex justify-center border-t p-3">
      <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? <LoaderCircle className="animate-spin" /> : null}
        Show more
      </Button>
    </div>
  );
}
