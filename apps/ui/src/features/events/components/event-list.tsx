import { useVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useListKeys } from '../../../components/list-keys.js';
import type { EventRecord } from '../../../lib/api/resources.js';
import type { EventFilter } from '../../../lib/event-filter.js';
import { useZone } from '../../../lib/preferences.js';
import type { ApplyFilter } from './event-detail.js';
import { EventDetail } from './event-detail.js';
import { EventRow } from './event-row.js';

interface EventListProps {
  events: readonly EventRecord[];
  deviceNameOf: (deviceId: string) => string;
  filter: EventFilter;
  showRaw: boolean;
  withDay: boolean;
  openId: string | undefined;
  onToggle: (event: EventRecord) => void;
  onFilter: ApplyFilter;
  /** Called when the end comes near. */
  onEnd: () => void;
  /** Called when the reader leaves the top. */
  onLeaveTop: () => void;
  /** Grows each time the list shall jump to its top. */
  topRequest: number;
  /** Changes when a fetch ended, so that one that gave nothing is followed by the next. */
  fetchCount: number;
  /** What stands below the last row. */
  end: ReactNode;
}

const NEAR_END_ROWS = 30;
const TOP_PX = 40;

/** Brings the line that a link names into view when the list is first shown. */
function useShownOnce(events: readonly EventRecord[], id: string | undefined, show: (index: number) => void): void {
  const showOnce = useEffectEvent(() => {
    const index = events.findIndex((event) => event.id === id);
    if (index > 0) show(index);
  });
  useEffect(() => showOnce(), []);
}

/** Rows of any height, of which only those in view are in the document. */
export function EventList(props: EventListProps) {
  const { events, onEnd, onLeaveTop, topRequest, fetchCount } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 12,
  });
  const marked = useListKeys({
    count: events.length,
    onMove: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
    onOpen: (index) => {
      const event = events[index];
      if (event) props.onToggle(event);
    },
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  const atEnd = useEffectEvent(onEnd);
  useEffect(() => {
    if (lastShown >= events.length - NEAR_END_ROWS) atEnd();
  }, [lastShown, events.length, fetchCount]);
  useShownOnce(events, props.openId, (index) => virtual.scrollToIndex(index, { align: 'center' }));
  useEffect(() => {
    if (topRequest > 0) scroller.current?.scrollTo({ top: 0 });
  }, [topRequest]);
  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
      onScroll={(event) => {
        if (event.currentTarget.scrollTop > TOP_PX) onLeaveTop();
      }}
    >
      <div role="list" aria-label="Events" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const event = events[item.index];
          return event === undefined ? null : (
            <div
              key={item.key}
              role="listitem"
              data-index={item.index}
              ref={virtual.measureElement}
              className="absolute inset-x-0 top-0 border-b border-line/60"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <ListEntry {...props} event={event} isMarked={item.index === marked} />
            </div>
          );
        })}
      </div>
      {props.end}
    </div>
  );
}

function ListEntry(props: EventListProps & { event: EventRecord; isMarked: boolean }) {
  const { event, deviceNameOf, openId } = props;
  const zone = useZone();
  const deviceName = event.deviceId === null ? (event.hostname ?? 'unknown') : deviceNameOf(event.deviceId);
  const isOpen = event.id === openId;
  return (
    <>
      <EventRow
        event={event}
        deviceName={deviceName}
        zone={zone}
        withDay={props.withDay}
        showRaw={props.showRaw}
        isOpen={isOpen}
        isMarked={props.isMarked}
        onToggle={props.onToggle}
      />
      {isOpen ? (
        <EventDetail event={event} deviceName={deviceName} filter={props.filter} onFilter={props.onFilter} />
      ) : null}
    </>
  );
}
