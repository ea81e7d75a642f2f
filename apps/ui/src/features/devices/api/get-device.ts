import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';

export function deviceQuery(deviceId: string) {
  return queryOptions({
    queryKey: ['devices', 'one', deviceId] as const,
    queryFn: ({ signal }) => api.request<DeviceSummary>(`devices/${encodeURIComponent(deviceId)}`, { signal }),
    refetchInterval: 15_000,
  });
}
