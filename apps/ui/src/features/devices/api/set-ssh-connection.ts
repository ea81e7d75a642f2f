import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { deviceQuery } from './get-device.js';
import { applyLiveDevice } from './live-devices.js';

export interface SshConnection {
  host: string;
  port: number;
  user: string;
  /** `SHA256:...` each. */
  hostKeys: string[];
  privateKey?: string;
  password?: string;
}

/** Replaces the whole connection, its credential included. */
export function useSetSshConnection(deviceId: string, onSet: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (connection: SshConnection) =>
      api.request<DeviceSummary | undefined>(`devices/${encodeURIComponent(deviceId)}/ssh`, {
        method: 'PUT',
        body: connection,
      }),
    onSuccess: async (device) => {
      if (device) applyLiveDevice(client, device);
      await client.invalidateQueries({ queryKey: deviceQuery(deviceId).queryKey });
      onSet();
    },
  });
}
