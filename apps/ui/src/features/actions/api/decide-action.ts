import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Action } from '../../../lib/api/resources.js';
import { actionQuery } from './get-action.js';
import { applyLiveAction } from './live-actions.js';

export type Verdict = 'approve' | 'reject';

export interface Decision {
  verdict: Verdict;
  reason: string;
}

/** Approves or rejects; where somebody was faster (409) the action as it now is gets fetched. */
export function useDecideAction(actionId: string, onDecided: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verdict, reason }: Decision) =>
      api.request<Action>(`actions/${encodeURIComponent(actionId)}/${verdict}`, { method: 'POST', body: { reason } }),
    onSuccess: (action) => {
      applyLiveAction(client, action);
      onDecided();
    },
    onError: () => client.invalidateQueries({ queryKey: actionQuery(actionId).queryKey }),
  });
}
