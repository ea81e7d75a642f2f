import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Card, CardHeader } from '../../../components/ui/card.js';
import { EmptyPane } from '../../../components/state-pane.js';
import type { Overview } from '../../../lib/api/resources.js';
import { compactOf, countOf } from '../../../lib/numbers.js';

interface Ranked {
  key: string;
  label: ReactNode;
  count: number;
}

function RankedList({ entries }: { entries: readonly Ranked[] }) {
  const most = Math.max(1, ...entries.map((entry) => entry.count));
  return (
    <ol className="space-y-0.5 px-2 py-2">
      {entries.map((entry) => (
        <li key={entry.key} className="relative flex h-7 items-center gap-3 px-2">
          <div
            aria-hidden
            className="absolute inset-y-0.5 left-0 rounded bg-accent-soft"
            style={{ width: `calc(${entry.count / most} * (100% - 4.5rem))` }}
          />
          <span className="relative min-w-0 flex-1 truncate">{entry.label}</span>
          <span className="relative text-muted tabular" title={countOf(entry.count)}>
            {compactOf(entry.count)}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function TopDevicesCard({ devices }: { devices: Overview['topDevices'] }) {
  return (
    <Card>
      <CardHeader title="Top talkers" note="events, 24 hours" />
      {devices.length === 0 ? (
        <EmptyPane title="Nobody has sent anything yet" className="py-8" />
      ) : (
        <RankedList
          entries={devices.map(({ deviceId, name, count }) => ({
            key: deviceId,
            count,
            label: (
              <Link to="/devices/$deviceId" params={{ deviceId }} className="font-medium hover:underline">
                {name}
              </Link>
            ),
          }))}
        />
      )}
    </Card>
  );
}

export function TopTypesCard({ types }: { types: Overview['topTypes'] }) {
  return (
    <Card>
      <CardHeader title="Top event types" note="24 hours" />
      {types.length === 0 ? (
        <EmptyPane title="No events yet" className="py-8" />
      ) : (
        <RankedList
          entries={types.map(({ type, count }) => ({
            key: type,
            count,
            label: (
              <Link to="/events" search={{ type: [type], range: '24h' }} className="font-mono text-xs hover:underline">
                {type}
              </Link>
            ),
          }))}
        />
      )}
    </Card>
  );
}
