import { createColumnHelper } from '@tanstack/react-table';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { DataTable } from '../../../components/data-table.js';
import type { TableFeature } from '../../../components/data-table.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { ActionStatusChip } from '../../../components/status-chips.js';
import type { Action } from '../../../lib/api/resources.js';

const helper = createColumnHelper<TableFeature, Action>();

function Outcome({ action }: { action: Action }) {
  if (action.status === 'proposed') {
    return (
      <>
        expires <RelativeTime at={action.expiresAt} />
      </>
    );
  }
  const by = action.decidedBy === null ? '' : `by ${action.decidedBy}`;
  const at = action.finishedAt ?? action.startedAt ?? action.decidedAt;
  return (
    <>
      {action.exitCode === null ? '' : `exit ${action.exitCode} · `}
      {by} {at === null ? null : <RelativeTime at={at} />}
    </>
  );
}

function columnsOf(deviceNameOf: (deviceId: string) => string) {
  return helper.columns([
    helper.display({
      id: 'status',
      header: 'Status',
      meta: { className: 'w-36' },
      cell: ({ row }) => <ActionStatusChip status={row.original.status} />,
    }),
    helper.display({
      id: 'title',
      header: 'Action',
      meta: { className: 'max-w-0 w-full' },
      cell: ({ row: { original } }) => (
        <>
          <Link
            to="/actions/$actionId"
            params={{ actionId: original.id }}
            className="block truncate font-medium hover:underline"
          >
            {original.title}
          </Link>
          <div className="truncate text-xs text-faint">
            <span className="font-mono">{original.name}</span>
            <span className="md:hidden">
              {' '}
              · {deviceNameOf(original.deviceId)} · <RelativeTime at={original.proposedAt} />
            </span>
            {original.playbookId === null ? '' : ` · playbook ${original.playbookId}`}
          </div>
        </>
      ),
    }),
    helper.display({
      id: 'device',
      header: 'Device',
      meta: { className: 'hidden md:table-cell whitespace-nowrap' },
      cell: ({ row: { original } }) => (
        <Link to="/devices/$deviceId" params={{ deviceId: original.deviceId }} className="hover:underline">
          {deviceNameOf(original.deviceId)}
        </Link>
      ),
    }),
    helper.display({
      id: 'outcome',
      header: 'Outcome',
      meta: { className: 'hidden lg:table-cell whitespace-nowrap text-muted tabular' },
      cell: ({ row }) => <Outcome action={row.original} />,
    }),
    helper.display({
      id: 'proposed',
      header: 'Proposed',
      meta: { className: 'hidden md:table-cell text-right text-muted' },
      cell: ({ row }) => <RelativeTime at={row.original.proposedAt} />,
    }),
  ]);
}

interface ActionsTableProps {
  actions: Action[];
  deviceNameOf: (deviceId: string) => string;
}

export function ActionsTable({ actions, deviceNameOf }: ActionsTableProps) {
  const navigate = useNavigate();
  const columns = useMemo(() => columnsOf(deviceNameOf), [deviceNameOf]);
  const open = useCallback(
    (action: Action) => void navigate({ to: '/actions/$actionId', params: { actionId: action.id } }),
    [navigate],
  );
  return <DataTable label="Actions" columns={columns} rows={actions} rowId={(action) => action.id} onOpen={open} />;
}
