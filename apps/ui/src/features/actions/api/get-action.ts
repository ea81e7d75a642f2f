import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { ActionDetail } from '../../../lib/api/resources.js';

export function actionQuery(actionId: string) {
  return queryOptions({
    queryKey: ['actions', 'one', actionId] as const,
    queryFn: ({ signal }) => api.request<ActionDetail>(`actions/${encodeURIComponent(actionId)}`, { signal }),
  });
}
