import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { UnattributedSender } from '../../../lib/api/resources.js';
import { DEVICES_KEY } from '../../../lib/devices.js';
import { SENDERS_KEY } from './get-senders.js';

/** `anyAddress`: for the key wherever its lines come from. */
export type SenderDecision =
  | { decision: 'bind'; deviceId: string; anyAddress: boolean }
  | { decision: 'new' | 'ignore'; name?: string; anyAddress: boolean }
  | { decision: 'undo' };

export function useDecideSender({ key, peer }: Pick<UnattributedSender, 'key' | 'peer'>, onDecided?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (decision: SenderDecision) =>
      api.request<UnattributedSender>('unattributed/decisions', { method: 'POST', body: { key, peer, ...decision } }),
    onSuccess: async () => {
      await Promise.all([SENDERS_KEY, DEVICES_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));
      onDecided?.();
    },
  });
}
