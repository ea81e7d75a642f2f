import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { Histogram, HistogramBucket } from '../lib/api/resources.js';
import { cn } from '../lib/class-names.js';
import { createPlot } from '../lib/histogram-plot.js';
import { exactOf, shortInstantOf } from '../lib/instants.js';
import { countOf, plural } from '../lib/numbers.js';
import { useZone } from '../lib/preferences.js';
import { SEVERITY_BANDS, bandCounts } from '../lib/severity.js';
import { stackedData } from '../lib/stacked-data.js';
import { Dot } from './ui/badge.js';

interface HistogramChartProps {
  histogram: Pick<Histogram, 'buckets' | 'bucketSeconds'>;
  fromMs: number;
  toMs: number;
  /** Sets the height: the chart fills its box. */
  className?: string;
  /** Given, a drag over the chart asks for that range. */
  onZoom?: (fromMs: number, toMs: number) => void;
}

interface Hover {
  index: number;
  left: number;
}

function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const bump = () => setVersion((before) => before + 1);
    window.addEventListener('opmas-theme', bump);
    return () => window.removeEventListener('opmas-theme', bump);
  }, []);
  return version;
}

/** Bars of counts over time, stacked by syslog severity with the worst at the bottom. */
export function HistogramChart({ histogram, fromMs, toMs, className = 'h-33', onZoom }: HistogramChartProps) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const zone = useZone();
  const themeVersion = useThemeVersion();
  const { buckets } = histogram;
  const data = useMemo(() => stackedData(buckets), [buckets]);
  const range = useRef<[number, number]>([fromMs / 1000, toMs / 1000]);
  const zoom = useEffectEvent((from: number, to: number) => onZoom?.(from, to));
  const firstData = useEffectEvent(() => data);
  const canZoom = onZoom !== undefined;

  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const created = createPlot(
      {
        root: element,
        width: element.clientWidth,
        height: element.clientHeight,
        zone,
        range: () => range.current,
        canSelect: canZoom,
        handlers: { onHover: (index, left) => setHover(index === null ? null : { index, left }), onSelect: zoom },
      },
      firstData(),
    );
    plot.current = created;
    const observer = new ResizeObserver(() =>
      created.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [zone, themeVersion, canZoom]);

  useEffect(() => {
    range.current = [fromMs / 1000, toMs / 1000];
    plot.current?.setData(data);
  }, [data, fromMs, toMs]);

  const total = buckets.reduce((sum, bucket) => sum + bucket.total, 0);
  const hovered = hover === null ? undefined : buckets[hover.index];
  return (
    <div
      className={cn('relative', className)}
      role="img"
      aria-label={`Events over time: ${plural(total, 'event')} in ${buckets.length} intervals`}
    >
      <div ref={root} className={cn('absolute inset-0 overflow-hidden', canZoom && '[&_.u-over]:cursor-crosshair')} />
      {hover !== null && hovered !== undefined ? (
        <HoverCard bucket={hovered} bucketSeconds={histogram.bucketSeconds} left={hover.left} />
      ) : null}
    </div>
  );
}

const AXIS_WIDTH = 44;

function HoverCard({ bucket, bucketSeconds, left }: { bucket: HistogramBucket; bucketSeconds: number; left: number }) {
  const zone = useZone();
  const counts = bandCounts(bucket.bySeverity, bucket.total);
  const endMs = Date.parse(bucket.at) + bucketSeconds * 1000;
  const isLeftHalf = left < 240;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-1 z-10 w-44 rounded-md border bg-surface px-2.5 py-2 text-xs shadow-pop tabular"
      style={
        isLeftHalf ? { left: left + AXIS_WIDTH + 12 } : { left: left + AXIS_WIDTH - 12, transform: 'translateX(-100%)' }
      }
    >
      <div className="mb-1 text-faint">
        {bucketSeconds < 60 ? exactOf(bucket.at, zone).slice(11, 19) : shortInstantOf(bucket.at, zone)}
        {' to '}
        {bucketSeconds < 60
          ? exactOf(new Date(endMs).toISOString(), zone).slice(11, 19)
          : shortInstantOf(endMs, zone).slice(-5)}
      </div>
      {SEVERITY_BANDS.map((band, index) =>
        counts[index] === 0 ? null : (
          <div key={band.label} className="flex items-center gap-1.5 leading-5">
            <span className="size-2 rounded-xs" style={{ background: `var(--${band.tone}-solid)` }} />
            {band.label}
            <span className="ml-auto">{countOf(counts[index] ?? 0)}</span>
          </div>
        ),
      )}
      <div className="mt-1 flex border-t pt-1 font-medium">
        Total <span className="ml-auto">{countOf(bucket.total)}</span>
      </div>
    </div>
  );
}

/** What the colours of the bars mean; bands without any count are left out. */
export function HistogramLegend({ buckets }: { buckets: readonly HistogramBucket[] }) {
  const totals = SEVERITY_BANDS.map(() => 0);
  for (const bucket of buckets) {
    bandCounts(bucket.bySeverity, bucket.total).forEach(
      (count, index) => (totals[index] = (totals[index] ?? 0) + count),
    );
  }
  return (
    <div className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted tabular">
      {SEVERITY_BANDS.map((band, index) =>
        totals[index] === 0 ? null : (
          <span key={band.label} className="inline-flex items-center gap-1.5">
            <Dot tone={band.tone} className="rounded-xs" />
            {band.label}
            <span className="text-faint">{countOf(totals[index] ?? 0)}</span>
          </span>
        ),
      )}
    </div>
  );
}
