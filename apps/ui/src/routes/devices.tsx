import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Router } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { PageBody, PageHeader } from '../components/page-header.js';
import { QueryPane } from '../components/query-pane.js';
import { SearchBox } from '../components/search-box.js';
import { EmptyPane } from '../components/state-pane.js';
import { Button } from '../components/ui/button.js';
import { Card } from '../components/ui/card.js';
import { HealthFilter } from '../features/devices/components/health-filter.js';
import { DevicesTable } from '../features/devices/components/devices-table.js';
import type { DeviceSearch } from '../features/devices/device-search.js';
import { deviceMatches } from '../features/devices/device-search.js';
import { facetsQuery } from '../features/events/api/get-facets.js';
import type { DeviceSummary } from '../lib/api/resources.js';
import { useNow } from '../lib/clock.js';
import { MAX_DEVICES, devicesQuery } from '../lib/devices.js';
import { countOf, plural } from '../lib/numbers.js';

const route = getRouteApi('/app/devices');

export function DevicesPage() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/devices' });
  const devices = useQuery(devicesQuery());
  const change = (next: Partial<DeviceSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: 'q' in next || 'sort' in next });
  return (
    <PageBody>
      <PageHeader title="Devices" />
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox
          label="Search devices"
          placeholder="Search name, key, label"
          value={search.q}
          onSearch={(q) => change({ q })}
          className="w-full sm:w-72"
        />
        <HealthFilter devices={devices.data ?? []} chosen={search.health} onChange={(health) => change({ health })} />
      </div>
      <Card className="overflow-hidden">
        <QueryPane query={devices}>
          {(data) => <DevicesOrNone devices={data} search={search} onChange={change} />}
        </QueryPane>
      </Card>
    </PageBody>
  );
}

/** The API's facets hold this many values; a device that is not among as many may still have sent something. */
const FACET_VALUES = 50;
const HOUR_MS = 3_600_000;
const STEP_MS = 60_000;

/** Events a minute over the last hour, from the aggregates. */
function useRates(): (deviceId: string) => number | null {
  const toMs = Math.floor(useNow() / STEP_MS) * STEP_MS;
  const { data } = useQuery(facetsQuery({}, { fromMs: toMs - HOUR_MS, toMs }));
  return useCallback(
    (deviceId: string) => {
      const values = data?.deviceId;
      if (values === undefined) return null;
      const found = values.find(({ value }) => value === deviceId);
      return found ? found.count / 60 : values.length < FACET_VALUES ? 0 : null;
    },
    [data],
  );
}

interface DevicesOrNoneProps {
  devices: DeviceSummary[];
  search: DeviceSearch;
  onChange: (change: Partial<DeviceSearch>) => void;
}

function DevicesOrNone({ devices, search, onChange }: DevicesOrNoneProps) {
  const perMinuteOf = useRates();
  const shown = useMemo(
    () =>
      devices
        .filter((device) => deviceMatches(search, device))
        .map((device) => ({ ...device, perMinute: perMinuteOf(device.id) })),
    [devices, search, perMinuteOf],
  );
  if (devices.length === 0) {
    return (
      <EmptyPane icon={<Router />} title="No device has been heard yet">
        Set a router's log server to this machine, port 5514. It appears here with its first line.
      </EmptyPane>
    );
  }
  if (shown.length === 0) {
    return (
      <EmptyPane icon={<Router />} title="No device matches">
        <Button className="mt-2" onClick={() => onChange({ q: undefined, health: undefined })}>
          Clear the filter
        </Button>
      </EmptyPane>
    );
  }
  return (
    <>
      <DevicesTable devices={shown} sort={search.sort} onSort={(sort) => onChange({ sort })} />
      <p className="border-t px-4 py-2 text-xs text-faint tabular">
        {shown.length === devices.length
          ? plural(devices.length, 'device')
          : `${countOf(shown.length)} of ${plural(devices.length, 'device')}`}
        {devices.length >= MAX_DEVICES ? ': the list ends here, there may be more' : ''}
      </p>
    </>
  );
}
