/** A histogram stacked by severity, drawn by uPlot. No React here. */
import uPlot from 'uplot';
import type { Zone } from './instants.js';
import { clockOf, shortInstantOf } from './instants.js';
import { compactOf } from './numbers.js';
import { SEVERITY_BANDS } from './severity.js';

export interface PlotHandlers {
  /** The bucket under the pointer, or null, with its place in CSS pixels of the plot. */
  onHover: (index: number | null, left: number) => void;
  onSelect: (fromMs: number, toMs: number) => void;
}

export interface PlotParts {
  root: HTMLElement;
  width: number;
  height: number;
  zone: Zone;
  range: () => [fromSeconds: number, toSeconds: number];
  canSelect: boolean;
  handlers: PlotHandlers;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function tickText(seconds: number, incrementSeconds: number, zone: Zone): string {
  const ms = seconds * 1000;
  if (incrementSeconds >= 86_400) return shortInstantOf(ms, zone).slice(0, 6);
  const clock = clockOf(ms, zone);
  if (clock.startsWith('00:00:00')) return shortInstantOf(ms, zone).slice(0, 6);
  return incrementSeconds < 60 ? clock.slice(0, 8) : clock.slice(0, 5);
}

function axes(zone: Zone): uPlot.Axis[] {
  const common = {
    stroke: colour('faint'),
    font: '11px Geist, sans-serif',
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      grid: { show: false },
      size: 24,
      gap: 4,
      space: 72,
      values: (_, splits, _axis, _space, increment) => splits.map((split) => tickText(split, increment, zone)),
    },
    {
      ...common,
      size: 44,
      gap: 6,
      space: 22,
      incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8],
      values: (_, splits) => splits.map((split) => compactOf(split)),
    },
  ];
}

function barSeries(): uPlot.Series[] {
  const paths = uPlot.paths.bars?.({ size: [0.86, 64], align: 1 });
  return SEVERITY_BANDS.map((band) => ({
    ...(paths ? { paths } : {}),
    fill: colour(`${band.tone}-solid`),
    width: 0,
    points: { show: false },
  })).toReversed();
}

function takeSelection(plot: uPlot, handlers: PlotHandlers): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  handlers.onSelect(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

export function createPlot(parts: PlotParts, data: uPlot.AlignedData): uPlot {
  const { root, width, height, zone, range, canSelect, handlers } = parts;
  const options: uPlot.Options = {
    width,
    height,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: canSelect, y: false, setScale: false },
    },
    scales: {
      x: { time: true, range: () => range() },
      y: { range: (_, _min, max) => [0, Math.max(4, max * 1.06)] },
    },
    axes: axes(zone),
    series: [{}, ...barSeries()],
    hooks: {
      setCursor: [(plot) => handlers.onHover(bucketAt(plot), plot.cursor.left ?? -1)],
      setSelect: [(plot) => takeSelection(plot, handlers)],
    },
  };
  return new uPlot(options, data, root);
}

/** The bucket whose span holds the pointer: the last one that begins at or before it. */
function bucketAt(plot: uPlot): number | null {
  const left = plot.cursor.left ?? -1;
  const starts = plot.data[0];
  if (left < 0 || starts.length === 0) return null;
  const seconds = plot.posToVal(left, 'x');
  const index = starts.findLastIndex((start) => start <= seconds);
  return index === -1 ? null : index;
}
