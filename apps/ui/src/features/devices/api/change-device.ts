import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { deviceQuery } from './get-device.js';
import { applyLiveDevice } from './live-devices.js';

export interface DeviceChange {
  name?: string;
  labels?: Record<string, string>;
  timeZone?: string | null;
  status?: DeviceSummary['status'];
}

export function useChangeDevice(deviceId: string, onChanged: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: DeviceChange) =>
      api.request<DeviceSummary>(`devices/${encodeURIComponent(deviceId)}`, { method: 'PATCH', body: change }),
    onSuccess: (device) => {
      client.setQueryData(deviceQuery(deviceId).queryKey, device);
      applyLiveDevice(client, device);
      onChanged();
    },
  });
}
