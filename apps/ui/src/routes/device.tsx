import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { ChevronLeft, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { HistogramChart, HistogramLegend } from '../components/histogram-chart.js';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { EmptyPane } from '../components/state-pane.js';
import { HealthChip } from '../components/status-chips.js';
import { Badge } from '../components/ui/badge.js';
import { Button } from '../components/ui/button.js';
import { Card, CardHeader } from '../components/ui/card.js';
import { Select } from '../components/ui/select.js';
import { Skeleton, SkeletonRows } from '../components/ui/skeleton.js';
import { deviceQuery } from '../features/devices/api/get-device.js';
import { DeviceFacts } from '../features/devices/components/device-facts.js';
import { EditDeviceDialog } from '../features/devices/components/edit-device-dialog.js';
import { SshCard } from '../features/devices/components/ssh-card.js';
import { histogramQuery } from '../features/events/api/get-histogram.js';
import { RecentEvents } from '../features/events/components/recent-events.js';
import { findingsQuery } from '../features/findings/api/get-findings.js';
import { FindingsTable } from '../features/findings/components/findings-table.js';
import type { DeviceSummary } from '../lib/api/resources.js';
import { useNow } from '../lib/clock.js';
import { useMay } from '../lib/current-user.js';
import { useDeviceNames } from '../lib/devices.js';
import { resolveRange, searchOf } from '../lib/time-range.js';

const route = getRouteApi('/app/devices/$deviceId');

export function DevicePage() {
  const { deviceId } = route.useParams();
  const device = useQuery(deviceQuery(deviceId));
  return (
    <PageBody>
      <QueryPane query={device}>{(data) => <DeviceContent device={data} />}</QueryPane>
    </PageBody>
  );
}

function DeviceContent({ device }: { device: DeviceSummary }) {
  const mayEdit = useMay('operator');
  return (
    <>
      <PageHeader
        title={device.name}
        above={
          <Link to="/devices" className="mb-1 inline-flex items-center gap-1 text-xs text-muted hover:text-fg">
            <ChevronLeft className="size-3.5" />
            Devices
          </Link>
        }
        note={
          <div className="mt-1 flex flex-wrap items-center gap-2">
            <HealthChip health={device.health} />
            <Badge>{device.status}</Badge>
          </div>
        }
      >
        <Button asChild>
          <Link to="/events" search={{ deviceId: [device.id], range: '24h' }}>
            <ScrollText />
            All events
          </Link>
        </Button>
        {mayEdit ? <EditDeviceDialog device={device} /> : null}
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[1fr_24rem]">
        <div className="grid min-w-0 gap-4">
          <DeviceHistogram deviceId={device.id} />
          <DeviceFindings deviceId={device.id} />
          <Card className="overflow-hidden">
            <CardHeader title="Recent events" />
            <RecentEvents deviceId={device.id} deviceName={device.name} />
          </Card>
        </div>
        <div className="grid gap-4">
          <Card>
            <CardHeader title="Details" />
            <div className="px-4 py-3">
              <DeviceFacts device={device} />
            </div>
          </Card>
          <SshCard device={device} />
        </div>
      </div>
    </>
  );
}

const SPANS = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
] as const;
const STEP_MS = 30_000;

function DeviceHistogram({ deviceId }: { deviceId: string }) {
  const [span, setSpan] = useState<(typeof SPANS)[number]['value']>('24h');
  const navigate = useNavigate();
  const endMs = Math.floor(useNow() / STEP_MS) * STEP_MS;
  const range = resolveRange({ kind: 'relative', span }, endMs);
  const histogram = useQuery(histogramQuery({ deviceId }, range, 96));
  return (
    <Card>
      <CardHeader title="Events" note="by severity">
        <Select label="Time range" value={span} options={SPANS} onChange={setSpan} className="h-7 text-xs" />
      </CardHeader>
      <div className="px-4 py-3">
        <QueryPane query={histogram} skeleton={<Skeleton className="h-[164px]" />}>
          {(data) => (
            <>
              <HistogramChart
                histogram={data}
                {...range}
                className="h-35"
                onZoom={(fromMs, toMs) =>
                  void navigate({
                    to: '/events',
                    search: {
                      ...searchOf({ kind: 'absolute', fromMs: Math.round(fromMs), toMs: Math.round(toMs) }),
                      deviceId: [deviceId],
                    },
                  })
                }
              />
              <div className="mt-1.5">
                <HistogramLegend buckets={data.buckets} />
              </div>
            </>
          )}
        </QueryPane>
      </div>
    </Card>
  );
}

const LEFT_OUT = ['device', 'domain'] as const;

function DeviceFindings({ deviceId }: { deviceId: string }) {
  const findings = useInfiniteQuery(findingsQuery({ status: 'all', deviceId: [deviceId] }, 10));
  const deviceNameOf = useDeviceNames();
  return (
    <Card className="overflow-hidden">
      <CardHeader title="Findings">
        <Link
          to="/findings"
          search={{ status: 'all', deviceId: [deviceId] }}
          className="text-xs text-accent hover:underline"
        >
          All of this device
        </Link>
      </CardHeader>
      <QueryPane query={findings} skeleton={<SkeletonRows rows={3} />}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <EmptyPane title="No findings about this device" className="py-8" />
          ) : (
            <FindingsTable findings={items} deviceNameOf={deviceNameOf} leftOut={LEFT_OUT} />
          );
        }}
      </QueryPane>
    </Card>
  );
}
