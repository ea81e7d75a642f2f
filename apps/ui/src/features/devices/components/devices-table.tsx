import { createColumnHelper } from '@tanstack/react-table';
import type { SortingState } from '@tanstack/react-table';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { DataTable } from '../../../components/data-table.js';
import type { TableFeature } from '../../../components/data-table.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { SeverityCountsLine } from '../../../components/severity-counts.js';
import { HealthChip } from '../../../components/status-chips.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { countOf, rateOf } from '../../../lib/numbers.js';
import { findingsWeight, healthRank } from '../device-search.js';
import { LabelChips } from './label-chips.js';

/** A device with its events a minute over the last hour; null where that is not known. */
export type DeviceWithRate = DeviceSummary & { perMinute: number | null };

const helper = createColumnHelper<TableFeature, DeviceWithRate>();

const COLUMNS = helper.columns([
  helper.accessor(healthRank, {
    id: 'health',
    header: 'Health',
    sortFn: 'basic',
    meta: { className: 'w-24' },
    cell: ({ row }) => <HealthChip health={row.original.health} />,
  }),
  helper.accessor('name', {
    header: 'Device',
    sortFn: 'alphanumeric',
    meta: { className: 'max-w-0 w-full' },
    cell: ({ row: { original } }) => (
      <>
        <Link
          to="/devices/$deviceId"
          params={{ deviceId: original.id }}
          className="block truncate font-medium hover:underline"
        >
          {original.name}
        </Link>
        <div className="truncate text-xs text-faint">
          <span className="font-mono">{original.keys.map((key) => key.replace(/^host:|^addr:/, '')).join(', ')}</span>
          <span className="sm:hidden">
            {' '}
            · <RelativeTime at={original.lastSeenAt} />
          </span>
        </div>
      </>
    ),
  }),
  helper.display({
    id: 'labels',
    header: 'Labels',
    meta: { className: 'hidden xl:table-cell' },
    cell: ({ row }) => <LabelChips labels={row.original.labels} />,
  }),
  helper.accessor(findingsWeight, {
    id: 'findings',
    header: 'Open findings',
    sortFn: 'basic',
    meta: { className: 'hidden sm:table-cell whitespace-nowrap' },
    cell: ({ row }) => <SeverityCountsLine counts={row.original.openFindings} />,
  }),
  helper.accessor((device) => device.perMinute ?? -1, {
    id: 'rate',
    header: 'Events/min',
    sortFn: 'basic',
    meta: { className: 'hidden md:table-cell text-right tabular' },
    cell: ({ row: { original } }) => (
      <span title={`Average of the last hour; ${countOf(original.eventsTotal)} events in all`}>
        {original.perMinute === null ? '–' : rateOf(original.perMinute)}
      </span>
    ),
  }),
  helper.accessor((device) => device.lastSeenAt ?? '', {
    id: 'seen',
    header: 'Last seen',
    sortFn: 'basic',
    meta: { className: 'hidden sm:table-cell text-right text-muted' },
    cell: ({ row }) => <RelativeTime at={row.original.lastSeenAt} />,
  }),
  helper.display({
    id: 'ssh',
    header: 'SSH',
    meta: { className: 'hidden lg:table-cell whitespace-nowrap' },
    cell: ({ row }) => (row.original.sshConfigured ? 'set up' : <span className="text-faint">none</span>),
  }),
]);

interface DevicesTableProps {
  devices: DeviceWithRate[];
  /** `name`, or `-name` for descending. */
  sort: string | undefined;
  onSort: (sort: string) => void;
}

function sortingOf(sort: string): SortingState {
  return [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }].filter(({ id }) =>
    COLUMNS.some((column) => column.id === id || ('accessorKey' in column && column.accessorKey === id)),
  );
}

export function DevicesTable({ devices, sort, onSort }: DevicesTableProps) {
  const navigate = useNavigate();
  const open = useCallback(
    (device: DeviceSummary) => void navigate({ to: '/devices/$deviceId', params: { deviceId: device.id } }),
    [navigate],
  );
  return (
    <DataTable
      label="Devices"
      columns={COLUMNS}
      rows={devices}
      rowId={(device) => device.id}
      onOpen={open}
      sorting={sortingOf(sort ?? 'health')}
      onSorting={([first]) => {
        if (first) onSort(`${first.desc ? '-' : ''}${first.id}`);
      }}
    />
  );
}
