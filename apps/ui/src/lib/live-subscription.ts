/** Which channels the page needs now: the items always, `events` with the explorer's filter while it tails. */
import { useEffect } from 'react';
import type { EventQuery } from './event-filter.js';
import type { LiveMessage } from './live-connection.js';
import { live } from './live.js';

const ALWAYS = ['findings', 'actions', 'devices', 'overview'] as const;

/** The base subscription, for the page's whole life. */
export function subscribeItems(): void {
  live.subscribe(ALWAYS);
}

type EventsMessage = Extract<LiveMessage, { channel: 'events' }>;

/** While on, hands over every batch of events that match the filter. `filterKey` names the filter's content. */
export function useLiveEvents(isOn: boolean, query: EventQuery, onBatch: (batch: EventsMessage) => void): void {
  const filterKey = JSON.stringify(query);
  useEffect(() => {
    if (!isOn) return;
    const stop = live.onMessage((message) => {
      if (message.channel === 'events') onBatch(message);
    });
    live.subscribe([...ALWAYS, 'events'], JSON.parse(filterKey) as EventQuery);
    return () => {
      stop();
      subscribeItems();
    };
  }, [isOn, filterKey, onBatch]);
}
