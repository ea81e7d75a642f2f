/** The two scales of severity: findings' and syslog's. */
import type { FindingSeverity } from '@opmas/contracts';
import type { DeviceHealth, SeverityCounts } from './api/resources.js';

/** Worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const satisfies readonly FindingSeverity[];

export const SYSLOG_NAMES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;

/** A colour of the palette in styles.css. */
export type Tone = FindingSeverity | 'ok' | 'debug' | 'none';

const SYSLOG_TONES: readonly Tone[] = ['critical', 'critical', 'critical', 'high', 'medium', 'low', 'info', 'debug'];

/** How grave an event is by what it says; the daemon's own level where the event says no other. */
export function effectiveSeverity(event: {
  severity: number | null;
  effectiveSeverity?: number | undefined;
}): number | null {
  return event.effectiveSeverity ?? event.severity;
}

export function syslogName(severity: number | null): string {
  return severity === null ? 'none' : (SYSLOG_NAMES[severity] ?? 'none');
}

export function syslogTone(severity: number | null): Tone {
  return severity === null ? 'none' : (SYSLOG_TONES[severity] ?? 'none');
}

/** The bands of a stacked histogram, worst first. */
export interface SeverityBand {
  tone: Tone;
  label: string;
  /** Syslog severities in it; empty for lines without one. */
  severities: readonly number[];
}

export const SEVERITY_BANDS: readonly SeverityBand[] = [
  { tone: 'critical', label: 'critical+', severities: [0, 1, 2] },
  { tone: 'high', label: 'error', severities: [3] },
  { tone: 'medium', label: 'warning', severities: [4] },
  { tone: 'low', label: 'notice', severities: [5] },
  { tone: 'info', label: 'info', severities: [6] },
  { tone: 'debug', label: 'debug', severities: [7] },
  { tone: 'none', label: 'none', severities: [] },
];

/** Counts per band of one bucket; whatever the bands do not name falls to the last. */
export function bandCounts(bySeverity: Record<string, number>, total: number): number[] {
  const counts = SEVERITY_BANDS.map((band) => band.severities.reduce((sum, key) => sum + (bySeverity[key] ?? 0), 0));
  const known = counts.reduce((sum, count) => sum + count, 0);
  counts[counts.length - 1] = Math.max(0, total - known);
  return counts;
}

export function openTotal(counts: SeverityCounts): number {
  return SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
}

export const HEALTH_TONES: Readonly<Record<DeviceHealth, Tone>> = {
  ok: 'ok',
  problem: 'medium',
  critical: 'critical',
  unknown: 'none',
};
