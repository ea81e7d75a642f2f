/** All devices: every page names them, so their list is not a feature's own. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from './api/page-client.js';
import type { DeviceSummary, Page } from './api/resources.js';

export const DEVICES_KEY = ['devices', 'all'] as const;
const PAGE = 1000;
/** A bound for the browser's sake; the list says so when it is reached. */
export const MAX_DEVICES = 10_000;

async function readAllDevices(signal: AbortSignal): Promise<DeviceSummary[]> {
  const devices: DeviceSummary[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<DeviceSummary> = await api.request('devices', {
      query: { limit: PAGE, cursor: cursor ?? undefined },
      signal,
    });
    devices.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && devices.length < MAX_DEVICES);
  return devices;
}

/** By name. Kept up to date by the live connection; the last seen times, which it does not send for each line, by fetching. */
export function devicesQuery() {
  return queryOptions({
    queryKey: DEVICES_KEY,
    queryFn: ({ signal }) => readAllDevices(signal),
    refetchInterval: 30_000,
  });
}

/** A device's name by its id; the id itself while the names are not there. */
export function useDeviceNames(): (deviceId: string) => string {
  const { data } = useQuery({
    ...devicesQuery(),
    select: (devices) => new Map(devices.map((device) => [device.id, device.name])),
  });
  return useCallback((deviceId: string) => data?.get(deviceId) ?? deviceId, [data]);
}
