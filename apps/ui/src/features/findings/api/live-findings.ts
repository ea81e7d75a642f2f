import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Finding, Page } from '../../../lib/api/resources.js';
import { mergeIntoPages } from '../../../lib/live-merge.js';
import type { FindingSearch } from '../finding-search.js';
import { findingMatches } from '../finding-search.js';
import { findingQuery } from './get-finding.js';
import { FINDING_LISTS } from './get-findings.js';

/** The API's order: newest first by opening, then by id. */
export function compareFindings(a: Finding, b: Finding): number {
  if (a.openedAt !== b.openedAt) return a.openedAt > b.openedAt ? -1 : 1;
  return a.id > b.id ? -1 : a.id < b.id ? 1 : 0;
}

/** Puts a finding that opened, recurred or cleared into every list that is loaded, and its own page. */
export function applyLiveFinding(client: QueryClient, finding: Finding): void {
  client.setQueryData(findingQuery(finding.id).queryKey, finding);
  for (const [key] of client.getQueriesData<InfiniteData<Page<Finding>>>({ queryKey: FINDING_LISTS })) {
    const search = key[FINDING_LISTS.length] as FindingSearch;
    client.setQueryData<InfiniteData<Page<Finding>>>(key, (data) =>
      data === undefined
        ? data
        : {
            ...data,
            pages: mergeIntoPages(data.pages, finding, {
              keyOf: (each) => each.id,
              matches: (each) => findingMatches(search, each),
              compare: compareFindings,
            }),
          },
    );
  }
}
