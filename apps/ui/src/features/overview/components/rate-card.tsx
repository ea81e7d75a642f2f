import { useNavigate } from '@tanstack/react-router';
import { EmptyPane } from '../../../components/state-pane.js';
import { HistogramChart, HistogramLegend } from '../../../components/histogram-chart.js';
import { Card, CardHeader } from '../../../components/ui/card.js';
import type { HistogramBucket } from '../../../lib/api/resources.js';
import { searchOf } from '../../../lib/time-range.js';

/** The distance of the first two buckets; the API sends them evenly. */
function bucketSecondsOf(rate: readonly HistogramBucket[]): number {
  const [first, second] = rate;
  return first && second ? (Date.parse(second.at) - Date.parse(first.at)) / 1000 : 60;
}

export function RateCard({ rate }: { rate: HistogramBucket[] }) {
  const navigate = useNavigate();
  const first = rate[0];
  const last = rate.at(-1);
  const bucketSeconds = bucketSecondsOf(rate);
  const isEmpty = rate.every((bucket) => bucket.total === 0);
  return (
    <Card className="flex flex-col">
      <CardHeader title="Event rate" note="last hour, by severity" />
      {first === undefined || last === undefined || isEmpty ? (
        <EmptyPane title="No events in the last hour" className="min-h-61 flex-1">
          Point a router's log at this machine: port 5514, UDP or TCP.
        </EmptyPane>
      ) : (
        <div className="flex flex-1 flex-col px-4 pt-3 pb-3">
          <HistogramChart
            className="h-48 xl:h-auto xl:flex-1"
            histogram={{ buckets: rate, bucketSeconds }}
            fromMs={Date.parse(first.at)}
            toMs={Date.parse(last.at) + bucketSeconds * 1000}
            onZoom={(fromMs, toMs) =>
              void navigate({
                to: '/events',
                search: searchOf({ kind: 'absolute', fromMs: Math.round(fromMs), toMs: Math.round(toMs) }),
              })
            }
          />
          <div className="mt-2">
            <HistogramLegend buckets={rate} />
          </div>
        </div>
      )}
    </Card>
  );
}
