import type { QueryClient } from '@tanstack/react-query';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { DEVICES_KEY } from '../../../lib/devices.js';
import { deviceQuery } from './get-device.js';

/** Puts a device that changed into the list and its own page. */
export function applyLiveDevice(client: QueryClient, device: DeviceSummary): void {
  const { queryKey } = deviceQuery(device.id);
  client.setQueryData(queryKey, (before) => (before === undefined ? before : { ...before, ...device }));
  client.setQueryData<DeviceSummary[]>(DEVICES_KEY, (devices) => {
    if (devices === undefined) return devices;
    const isKnown = devices.some((each) => each.id === device.id);
    return isKnown
      ? devices.map((each) => (each.id === device.id ? { ...each, ...device } : each))
      : [...devices, device];
  });
}
