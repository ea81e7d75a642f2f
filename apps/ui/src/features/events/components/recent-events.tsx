import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyPane, ErrorPane } from '../../../components/state-pane.js';
import { SkeletonRows } from '../../../components/ui/skeleton.js';
import { api } from '../../../lib/api/page-client.js';
import type { EventRecord, Page } from '../../../lib/api/resources.js';
import { useZone } from '../../../lib/preferences.js';
import { EventDetail } from './event-detail.js';
import { EventRow } from './event-row.js';

/** A device's last lines, fetched again every few seconds. */
export function RecentEvents({ deviceId, deviceName }: { deviceId: string; deviceName: string }) {
  const [openId, setOpenId] = useState<string | null>(null);
  const zone = useZone();
  const { data, error, refetch } = useQuery({
    queryKey: ['events', 'recent', deviceId],
    queryFn: ({ signal }) => api.request<Page<EventRecord>>('events', { query: { deviceId, limit: 25 }, signal }),
    refetchInterval: openId === null ? 10_000 : false,
  });
  if (data === undefined && error !== null) return <ErrorPane error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={6} />;
  if (data.items.length === 0) return <EmptyPane title="No events from this device yet" />;
  return (
    <ol className="divide-y divide-line/60">
      {data.items.map((event) => (
        <li key={event.id}>
          <EventRow
            event={event}
            deviceName={null}
            zone={zone}
            withDay
            showRaw={false}
            isOpen={openId === event.id}
            isMarked={false}
            onToggle={() => setOpenId(openId === event.id ? null : event.id)}
          />
          {openId === event.id ? <EventDetail event={event} deviceName={deviceName} filter={{}} /> : null}
        </li>
      ))}
    </ol>
  );
}
