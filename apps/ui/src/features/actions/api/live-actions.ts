import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Action, Page } from '../../../lib/api/resources.js';
import { mergeIntoPages } from '../../../lib/live-merge.js';
import type { ActionFilter } from '../action-search.js';
import { actionMatches } from '../action-search.js';
import { actionQuery } from './get-action.js';
import { ACTION_LISTS } from './get-actions.js';

/** The API's order: newest proposal first, then by id. */
function compareActions(a: Action, b: Action): number {
  if (a.proposedAt !== b.proposedAt) return a.proposedAt > b.proposedAt ? -1 : 1;
  return a.id > b.id ? -1 : a.id < b.id ? 1 : 0;
}

/** Puts an action that changed into every list; its own page fetches the output and history that came with it. */
export function applyLiveAction(client: QueryClient, action: Action): void {
  const { queryKey } = actionQuery(action.id);
  client.setQueryData(queryKey, (before) => (before === undefined ? before : { ...before, ...action }));
  void client.invalidateQueries({ queryKey });
  for (const [key] of client.getQueriesData<InfiniteData<Page<Action>>>({ queryKey: ACTION_LISTS })) {
    const filter = key[ACTION_LISTS.length] as ActionFilter;
    client.setQueryData<InfiniteData<Page<Action>>>(key, (data) =>
      data === undefined
        ? data
        : {
            ...data,
            pages: mergeIntoPages(data.pages, action, {
              keyOf: (each) => each.id,
              matches: (each) => actionMatches(filter, each),
              compare: compareActions,
            }),
          },
    );
  }
}
