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

function columnsOf(deviceNameOf: (deviceId: string) => string) {
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
      cell: ({ row: { original } }) => (
        <>
          <Link to="/findings/$findingId" params={{ findingId: original.id }} className="block truncate font-medium hover:underline">
            {original.title}
          </Link>
          <GroupLine group={withoutDevice(original.group)} />
          <div className="mt-0.5 text-xs text-faint md:hidden">
            {original.deviceId === null ? 'Several devices' : deviceNameOf(original.deviceId)} ·{' '}
            <RelativeTime at={original.lastSeenAt} />
          </div>
        </>
      ),
    }),
    helper.display({
      id: 'device',
      header: 'Device',
      meta: { className: 'hidden md:table-cell whitespace-nowrap max-w-48 truncate' },
      cell: ({ row: { original } }) =>
        original.deviceId === null ? (
          <span className="text-faint">several</span>
        ) : (
          <Link to="/devices/$deviceId" params={{ deviceId: original.deviceId }} className="hover:underline">
            {deviceNameOf(original.deviceId)}
          </Link>
        ),
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
      meta: { className: 'hidden md:table-cell text-right text-muted' },
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

/** The device stands in its own column. */
function withoutDevice(group: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(group).filter(([field]) => field !== 'deviceId'));
}

interface FindingsTableProps {
  findings: Finding[];
  deviceNameOf: (deviceId: string) => string;
}

export function FindingsTable({ findings, deviceNameOf }: FindingsTableProps) {
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(deviceNameOf), [deviceNameOf]);
  const open = useCallback(
    (finding: Finding) => void navigate({ to: '/findings/$findingId', params: { findingId: finding.id } }),
    [navigate],
  );
  return <DataTable label="Findings" columns={columns} rows={findings} rowId={(finding) => finding.id} onOpen={open} />;
}
