import { createColumnHelper } from '@tanstack/react-table';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { DataTable } from '../../../components/data-table.js';
import type { TableFeature } from '../../../components/data-table.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { SeverityBadge } from '../../../components/severity-badge.js';
import { FindingStatusChip } from '../../../components/status-chips.js';
import type { Finding } from '../../../lib/api/resources.js';
import { countOf } from '../../../lib/numbers.js';

const helper = createColumnHelper<TableFeature, Finding>();

function GroupLine({ group }: { group: Record<string, string> }) {
  const entries = Object.entries(group);
  if (entries.length === 0) return null;
  return (
    <div className="truncate text-xs text-faint">
      {entries.map(([field, value], index) => (
        <span key={field}>
          {index > 0 ? ' · ' : ''}
          {field} <span className="font-mono text-muted">{value}</span>
        </span>
      ))}
    </div>
  );
}

function TitleCell({ finding, deviceName }: { finding: Finding; deviceName: string }) {
  return (
    <>
      <Link
        to="/findings/$findingId"
        params={{ findingId: finding.id }}
        className="line-clamp-2 font-medium hover:underline"
      >
        {finding.title}
      </Link>
      <GroupLine group={withoutDevice(finding.group)} />
      <div className="mt-0.5 text-xs text-faint md:hidden">
        {deviceName} · <RelativeTime at={finding.lastSeenAt} />
      </div>
    </>
  );
}

function DeviceCell({ finding, deviceName }: { finding: Finding; deviceName: string }) {
  if (finding.deviceId === null) return <span className="text-faint">{deviceName}</span>;
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: finding.deviceId }} className="hover:underline">
      {deviceName}
    </Link>
  );
}

function columnsOf(deviceNameOf: (deviceId: string) => string) {
  const deviceName = ({ deviceId }: Finding) => (deviceId === null ? 'several devices' : deviceNameOf(deviceId));
  return helper.columns([
    helper.display({
      id: 'severity',
      header: 'Severity',
      meta: { className: 'w-22' },
      cell: ({ row }) => <SeverityBadge severity={row.original.severity} />,
    }),
    helper.display({
      id: 'title',
      header: 'Finding',
      meta: { className: 'max-w-0 w-full' },
      cell: ({ row }) => <TitleCell finding={row.original} deviceName={deviceName(row.original)} />,
    }),
    helper.display({
      id: 'device',
      header: 'Device',
      meta: { className: 'hidden md:table-cell whitespace-nowrap' },
      cell: ({ row }) => <DeviceCell finding={row.original} deviceName={deviceName(row.original)} />,
    }),
    helper.display({
      id: 'domain',
      header: 'Domain',
      meta: { className: 'hidden xl:table-cell text-muted' },
      cell: ({ row }) => row.original.domain,
    }),
    helper.display({
      id: 'count',
      header: 'Events',
      meta: { className: 'hidden sm:table-cell text-right tabular' },
      cell: ({ row }) => countOf(row.original.count),
    }),
    helper.display({
      id: 'lastSeen',
      header: 'Last seen',
      meta: { className: 'hidden md:table-cell text-right text-muted whitespace-nowrap' },
      cell: ({ row }) => <RelativeTime at={row.original.lastSeenAt} />,
    }),
    helper.display({
      id: 'opened',
      header: 'Opened',
      meta: { className: 'hidden lg:table-cell text-right text-muted' },
      cell: ({ row }) => <RelativeTime at={row.original.openedAt} />,
    }),
    helper.display({
      id: 'status',
      header: 'Status',
      meta: { className: 'hidden lg:table-cell w-20' },
      cell: ({ row }) => <FindingStatusChip status={row.original.status} />,
    }),
  ]);
}

export type FindingColumn = 'device' | 'domain' | 'count' | 'lastSeen' | 'opened' | 'status';
const NONE: readonly FindingColumn[] = [];

/** The device stands in its own column. */
function withoutDevice(group: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(group).filter(([field]) => field !== 'deviceId'));
}

interface FindingsTableProps {
  findings: Finding[];
  deviceNameOf: (deviceId: string) => string;
  /** Columns that the place can do without. */
  leftOut?: readonly FindingColumn[];
}

export function FindingsTable({ findings, deviceNameOf, leftOut = NONE }: FindingsTableProps) {
  const navigate = useNavigate();
  const columns = useMemo(
    () => columnsOf(deviceNameOf).filter((column) => !leftOut.some((id) => id === column.id)),
    [deviceNameOf, leftOut],
  );
  const open = useCallback(
    (finding: Finding) => void navigate({ to: '/findings/$findingId', params: { findingId: finding.id } }),
    [navigate],
  );
  return <DataTable label="Findings" columns={columns} rows={findings} rowId={(finding) => finding.id} onOpen={open} />;
}
