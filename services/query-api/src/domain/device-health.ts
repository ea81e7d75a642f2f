/** How well a device is: from its open findings, and from when it was last heard. */
import type { FindingSeverity } from '@opmas/contracts';

export const DEVICE_HEALTHS = ['ok', 'problem', 'critical', 'unknown'] as const;
export type DeviceHealth = (typeof DEVICE_HEALTHS)[number];

export type OpenFindings = Record<FindingSeverity, number>;

/** A device that was silent for longer is neither well nor ill: nobody knows. */
export const SILENT_AFTER_MS = 15 * 60_000;

export function noFindings(): OpenFindings {
  return { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
}

/**
 * High and critical findings make a device critical, low and medium ones a problem, info none. `nowMs` is the time up
 * to which events were read, so that a projection that is behind makes nobody silent.
 */
export function deviceHealth(open: OpenFindings, lastSeenMs: number | null, nowMs: number): DeviceHealth {
  if (open.critical + open.high > 0) return 'critical';
  if (open.medium + open.low > 0) return 'problem';
  if (lastSeenMs === null || nowMs - lastSeenMs > SILENT_AFTER_MS) return 'unknown';
  return 'ok';
}
