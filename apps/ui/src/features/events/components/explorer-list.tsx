import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { EmptyPane, ErrorLine, ErrorPane } from '../../../components/state-pane.js';
import { Button } from '../../../components/ui/button.js';
import { SkeletonRows } from '../../../components/ui/skeleton.js';
import type { EventRecord, Page } from '../../../lib/api/resources.js';
import { isFiltered } from '../../../lib/event-filter.js';
import type { FilterSign } from '../../../lib/event-filter.js';
import { eventQuery } from '../api/get-event.js';
import { eventsQuery } from '../api/get-events.js';
import type { FieldFilter } from '../event-fields.js';
import { mergeLines } from '../merge-lines.js';
import type { ExplorerState } from '../explorer-state.js';
import { NO_FILTER } from '../explorer-state.js';
import { useLiveTail } from '../live-tail.js';
import { EventDetail } from './event-detail.js';
import { EventList } from './event-list.js';
import { ListEnd } from './list-end.js';
import { TailBadge } from './tail-badge.js';

interface ExplorerListProps {
  state: ExplorerState;
  deviceNameOf: (deviceId: string) => string;
}

const DAY_MS = 86_400_000;

/** What a field's + and − do to the filter. */
function useFieldFilter({ toggle, change }: ExplorerState) {
  return useCallback(
    (filter: FieldFilter, sign: FilterSign) => {
      if (filter.kind === 'facet') toggle(filter.field, filter.value, sign);
      else if (filter.kind === 'exact') change({ [filter.field]: filter.value });
      else change({ q: filter.value });
    },
    [toggle, change],
  );
}

export function ExplorerList({ state, deviceNameOf }: ExplorerListProps) {
  const list = useInfiniteQuery({ ...eventsQuery(state.query, state.listSpan), enabled: state.isReady });
  if (list.data === undefined && list.error !== null)
    return <ErrorPane error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data === undefined) return <SkeletonRows rows={14} />;
  return <Lines state={state} deviceNameOf={deviceNameOf} list={list} pages={list.data.pages} />;
}

interface LinesProps extends ExplorerListProps {
  list: UseInfiniteQueryResult;
  pages: Page<EventRecord>[];
}

function Lines({ state, deviceNameOf, list, pages }: LinesProps) {
  const { search, query, listSpan, isLive, change } = state;
  const liveTail = useLiveTail(isLive, query, listSpan.toMs);
  const { tail, pause, resume } = liveTail;
  const [topRequest, setTopRequest] = useState(0);
  const events = useMemo(() => mergeLines(tail.shown, pages), [tail.shown, pages]);
  const onFilter = useFieldFilter(state);
  const onToggle = useCallback(
    (event: EventRecord) => {
      pause();
      change({ event: search.event === event.id ? undefined : event.id }, { replace: true });
    },
    [pause, change, search.event],
  );
  const onResume = () => {
    resume();
    setTopRequest(topRequest + 1);
  };
  const fetchMore = () => {
    if (list.hasNextPage && !list.isFetchingNextPage && list.error === null) void list.fetchNextPage();
  };
  const { isFetchingNextPage: isFetching, hasNextPage: hasMore, error } = list;
  const end = {
    count: events.length,
    fromMs: listSpan.fromMs,
    isFetching,
    hasMore,
    error,
    onMore: () => void list.fetchNextPage(),
  };
  return (
    <>
      {isLive ? <TailBadge liveTail={liveTail} onResume={onResume} /> : null}
      <LinkedEvent events={events} state={state} deviceNameOf={deviceNameOf} onFilter={onFilter} />
      {events.length === 0 && !hasMore ? (
        <NothingFound state={state} />
      ) : (
        <EventList
          events={events}
          deviceNameOf={deviceNameOf}
          filter={search}
          showRaw={search.show === 'raw'}
          withDay={listSpan.toMs - listSpan.fromMs > DAY_MS}
          openId={search.event}
          onToggle={onToggle}
          onFilter={onFilter}
          onEnd={fetchMore}
          onLeaveTop={pause}
          topRequest={topRequest}
          fetchCount={pages.length}
          end={<ListEnd {...end} />}
        />
      )}
    </>
  );
}

function NothingFound({ state }: { state: ExplorerState }) {
  return (
    <EmptyPane icon={<SearchX />} title="No events in this time range" className="flex-1">
      {isFiltered(state.search) ? (
        <>
          <p>Nothing matches the filter.</p>
          <Button className="mt-3" onClick={() => state.change(NO_FILTER)}>
            Clear the filter
          </Button>
        </>
      ) : (
        <p>
          {state.isLive ? 'New lines appear here as they come. ' : 'Try a longer range. '}
          Routers send their log to port 5514 of this machine, over UDP or TCP.
        </p>
      )}
    </EmptyPane>
  );
}

interface LinkedEventProps extends ExplorerListProps {
  events: readonly EventRecord[];
  onFilter: (filter: FieldFilter, sign: FilterSign) => void;
}

/** A link names a line that is not among those loaded: it stands above the list until it is closed. */
function LinkedEvent({ events, state, deviceNameOf, onFilter }: LinkedEventProps) {
  const eventId = state.search.event;
  const isMissing = eventId !== undefined && !events.some((event) => event.id === eventId);
  const linked = useQuery({ ...eventQuery(eventId ?? ''), enabled: isMissing });
  if (!isMissing) return null;
  const close = () => state.change({ event: undefined }, { replace: true });
  return (
    <div className="max-h-[45%] shrink-0 overflow-y-auto border-b">
      <div className="flex items-center gap-3 px-4 py-1.5 text-xs text-muted">
        <span className="font-medium text-fg">Linked line</span>
        {linked.isPending ? 'being fetched' : null}
        <button type="button" className="ml-auto text-accent hover:underline" onClick={close}>
          Close
        </button>
      </div>
      {linked.error === null ? null : (
        <div className="px-4 pb-3">
          <ErrorLine error={linked.error} onRetry={() => void linked.refetch()} />
        </div>
      )}
      {linked.data === undefined ? null : (
        <EventDetail
          event={linked.data}
          deviceName={linked.data.deviceId === null ? 'unknown' : deviceNameOf(linked.data.deviceId)}
          filter={state.search}
          onFilter={onFilter}
        />
      )}
    </div>
  );
}
