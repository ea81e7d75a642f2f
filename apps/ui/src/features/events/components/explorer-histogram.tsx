import { useQuery } from '@tanstack/react-query';
import { HistogramChart, HistogramLegend } from '../../../components/histogram-chart.js';
import { ErrorLine } from '../../../components/state-pane.js';
import { Skeleton } from '../../../components/ui/skeleton.js';
import { countOf } from '../../../lib/numbers.js';
import { histogramQuery } from '../api/get-histogram.js';
import type { ExplorerState } from '../explorer-state.js';

/** Counts over the range from the aggregates, never from the fetched lines. A drag zooms. */
export function ExplorerHistogram({ state }: { state: ExplorerState }) {
  const histogram = useQuery({ ...histogramQuery(state.query, state.countsSpan, 120), enabled: state.isReady });
  const { data, error } = histogram;
  if (data === undefined) {
    if (error !== null) return <ErrorLine error={error} onRetry={() => void histogram.refetch()} />;
    return <Skeleton className="h-[132px] w-full" />;
  }
  const total = data.buckets.reduce((sum, bucket) => sum + bucket.total, 0);
  const { q, hostname, appName } = state.query;
  const isCountedLoosely = q !== undefined || hostname !== undefined || appName !== undefined;
  return (
    <div>
      <HistogramChart
        histogram={data}
        className="h-26 max-md:h-20"
        fromMs={state.countsSpan.fromMs}
        toMs={state.countsSpan.toMs}
        onZoom={(fromMs, toMs) =>
          state.setRange({ kind: 'absolute', fromMs: Math.round(fromMs), toMs: Math.round(toMs) })
        }
      />
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="text-xs text-muted tabular">
          {data.approximate ? 'about ' : ''}
          <span className="font-medium text-fg">{countOf(total)}</span> events
          {isCountedLoosely ? <span className="text-faint"> (counted without the search in lines)</span> : null}
        </span>
        <div className="max-md:hidden">
          <HistogramLegend buckets={data.buckets} />
        </div>
      </div>
    </div>
  );
}
