import { api } from '../../../lib/api/page-client.js';
import type { EventRecord, Page } from '../../../lib/api/resources.js';
import type { EventQuery } from '../../../lib/event-filter.js';

/** What came since an instant, to fill the gap between a fetched list and the live connection. At most 500. */
export async function readNewest(query: EventQuery, fromMs: number): Promise<EventRecord[]> {
  const page = await api.request<Page<EventRecord>>('events', {
    query: { ...query, from: new Date(fromMs).toISOString(), limit: 500 },
  });
  return page.items;
}
