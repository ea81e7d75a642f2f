/** The explorer's state: all of it from the URL, but for the instant that "now" was when the list was fetched. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useNow } from '../../lib/clock.js';
import { devicesQuery } from '../../lib/devices.js';
import { FILTER_FIELDS, NO_VALUES, eventQueryOf, needsUniverse, toggleValue } from '../../lib/event-filter.js';
import type { EventQuery, EventSearch, FilterField, FilterSign } from '../../lib/event-filter.js';
import { rangeOf, resolveRange, searchOf } from '../../lib/time-range.js';
import type { TimeRange } from '../../lib/time-range.js';
import type { Span } from './api/get-events.js';
import { facetsQuery } from './api/get-facets.js';

export type ChangeSearch = (change: Partial<EventSearch>, options?: { replace?: boolean }) => void;

export interface ExplorerState {
  search: EventSearch;
  range: TimeRange;
  isLive: boolean;
  query: EventQuery;
  /** False while the values that an exclusion leaves over are not known. */
  isReady: boolean;
  listSpan: Span;
  /** Moves on while the tail is live, in steps. */
  countsSpan: Span;
  refresh: () => void;
  change: ChangeSearch;
  setRange: (range: TimeRange) => void;
  toggle: (field: FilterField, value: string, sign: FilterSign) => void;
}

const LIVE_STEP_MS = 10_000;

/** The filter as the API takes it, and whether all that an exclusion needs is known. */
function useApiQuery(search: EventSearch, span: Span): { query: EventQuery; isReady: boolean } {
  const needsDevices = needsUniverse(search, 'deviceId');
  const needsTypes = needsUniverse(search, 'type');
  const devices = useQuery(devicesQuery()).data;
  const withoutTypes = eventQueryOf(
    { domain: search.domain, effectiveSeverity: search.effectiveSeverity, severity: search.severity },
    NO_VALUES,
  );
  const facets = useQuery({ ...facetsQuery(withoutTypes, span), enabled: needsTypes }).data;
  const query = useMemo(
    () =>
      eventQueryOf(search, {
        deviceIds: devices?.map((device) => device.id) ?? [],
        types: facets?.type?.flatMap(({ value }) => (typeof value === 'string' ? [value] : [])) ?? [],
      }),
    [search, devices, facets],
  );
  const key = JSON.stringify(query);
  // The list of devices is fetched again now and then: the same filter must stay the same object.
  const stable = useMemo(() => JSON.parse(key) as EventQuery, [key]);
  return { query: stable, isReady: (!needsDevices || devices !== undefined) && (!needsTypes || facets !== undefined) };
}

export function useExplorerState(search: EventSearch, change: ChangeSearch): ExplorerState {
  const key = JSON.stringify({ ...search, event: undefined, show: undefined });
  const [anchor, setAnchor] = useState(() => ({ key, ms: Date.now() }));
  // Another filter or range is another list: its "now" is taken anew, also where the browser's back button brought it.
  const current = anchor.key === key ? anchor : { key, ms: Date.now() };
  if (current !== anchor) setAnchor(current);

  const range = useMemo(
    () => rangeOf({ range: search.range, from: search.from, to: search.to }),
    [search.range, search.from, search.to],
  );
  const isLive = search.live === true && range.kind === 'relative';
  const nowMs = useNow();
  const countsMs = isLive ? Math.max(current.ms, Math.floor(nowMs / LIVE_STEP_MS) * LIVE_STEP_MS) : current.ms;

  const listSpan = useMemo(() => resolveRange(range, current.ms), [range, current.ms]);
  const { query, isReady } = useApiQuery(search, listSpan);
  const countsSpan = useMemo(() => resolveRange(range, countsMs), [range, countsMs]);
  const refresh = useCallback(() => setAnchor({ key, ms: Date.now() }), [key]);
  const setRange = useCallback(
    (next: TimeRange) => change({ ...searchOf(next), live: next.kind === 'relative' ? search.live : undefined }),
    [change, search.live],
  );
  const toggle = useCallback(
    (field: FilterField, value: string, sign: FilterSign) =>
      change({ [field]: toggleValue(search, field, value, sign) }),
    [change, search],
  );
  return {
    search,
    range,
    isLive,
    query,
    isReady,
    listSpan,
    countsSpan,
    refresh,
    change,
    setRange,
    toggle,
  };
}

/** The search without any filter; range, view and tail stay. */
export const NO_FILTER: Partial<EventSearch> = Object.fromEntries(
  [...FILTER_FIELDS, 'q', 'hostname', 'appName'].map((field) => [field, undefined]),
);
