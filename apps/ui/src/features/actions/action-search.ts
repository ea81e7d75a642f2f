import { z } from 'zod';
import type { Action, ActionStatus } from '../../lib/api/resources.js';
import { anyText, listParam, oneOf } from '../../lib/search-params.js';

export const ACTION_STATUSES = [
  'proposed',
  'approved',
  'started',
  'succeeded',
  'failed',
  'interrupted',
  'rejected',
  'expired',
  'skipped',
] as const satisfies readonly ActionStatus[];

/** The actions list's state in the URL. */
export const actionSearchSchema = z.object({
  status: listParam<ActionStatus>(oneOf(ACTION_STATUSES)),
  deviceId: listParam(anyText),
});
export type ActionSearch = Partial<z.infer<typeof actionSearchSchema>>;

/** What a list of actions is of; `findingId` only on a finding's page. */
export interface ActionFilter extends ActionSearch {
  findingId?: string | undefined;
}

export function actionMatches(filter: ActionFilter, action: Action): boolean {
  return (
    (filter.status === undefined || filter.status.includes(action.status)) &&
    (filter.deviceId === undefined || filter.deviceId.includes(action.deviceId)) &&
    (filter.findingId === undefined || filter.findingId === action.findingId)
  );
}
