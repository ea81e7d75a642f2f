import { z } from 'zod';
import type { DeviceHealth, DeviceSummary } from '../../lib/api/resources.js';
import { listParam, oneOf, textParam } from '../../lib/search-params.js';
import { openTotal, SEVERITIES } from '../../lib/severity.js';

export const HEALTHS = ['critical', 'problem', 'unknown', 'ok'] as const satisfies readonly DeviceHealth[];

/** The devices list's state in the URL; `sort` is a column, with a minus for descending. */
export const deviceSearchSchema = z.object({
  q: textParam,
  health: listParam<DeviceHealth>(oneOf(HEALTHS)),
  sort: textParam,
});
export type DeviceSearch = Partial<z.infer<typeof deviceSearchSchema>>;

export function deviceMatches(search: DeviceSearch, device: DeviceSummary): boolean {
  const text = [device.name, device.id, ...device.keys, ...Object.entries(device.labels).flat()]
    .join('\n')
    .toLowerCase();
  return (
    (search.health === undefined || search.health.includes(device.health)) &&
    (search.q === undefined || text.includes(search.q.toLowerCase()))
  );
}

/** Orders devices by the worst they have: one critical outweighs any number of high ones. */
export function findingsWeight(device: DeviceSummary): number {
  return (
    SEVERITIES.reduce(
      (sum, severity, index) => sum + Math.min(device.openFindings[severity], 999) * 1000 ** (4 - index),
      0,
    ) + openTotal(device.openFindings)
  );
}

export function healthRank(device: DeviceSummary): number {
  return HEALTHS.indexOf(device.health);
}
