import { LoaderCircle } from 'lucide-react';
import { ErrorLine } from '../../../components/state-pane.js';
import { shortInstantOf } from '../../../lib/instants.js';
import { countOf, plural } from '../../../lib/numbers.js';
import { useZone } from '../../../lib/preferences.js';

interface ListEndProps {
  count: number;
  fromMs: number;
  isFetching: boolean;
  hasMore: boolean;
  error: unknown;
  onMore: () => void;
}

/** The truth about what is below the last line: more, nothing, or something that could not be fetched. */
export function ListEnd({ count, fromMs, isFetching, hasMore, error, onMore }: ListEndProps) {
  const zone = useZone();
  if (error !== null && error !== undefined) {
    return (
      <div className="p-3">
        <ErrorLine error={error} onRetry={onMore} />
      </div>
    );
  }
  if (isFetching || hasMore) {
    return (
      <p role="status" className="flex items-center justify-center gap-2 py-4 text-xs text-faint">
        <LoaderCircle className="size-3.5 animate-spin" />
        {count === 0 ? 'Searching back through the range' : `${countOf(count)} so far, searching further back`}
      </p>
    );
  }
  return (
    <p className="py-4 text-center text-xs text-faint">
      That is all: {plural(count, 'event')} since {shortInstantOf(fromMs, zone)} {zone === 'utc' ? 'UTC' : ''}
    </p>
  );
}
