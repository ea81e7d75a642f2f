import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleHelp, FileCode2, Gauge, Regex, Router, ScrollText, ShieldAlert, Users, Wrench } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { overviewQuery } from '../features/overview/api/get-overview.js';
import { sendersQuery } from '../features/senders/api/get-senders.js';
import { compactOf } from '../lib/numbers.js';
import { useMay } from '../lib/current-user.js';
import { openTotal } from '../lib/severity.js';

type Path =
  '/' | '/findings' | '/events' | '/devices' | '/actions' | '/rules' | '/patterns' | '/unattributed' | '/users';

interface Entry {
  to: Path;
  label: string;
  icon: LucideIcon;
  count?: keyof typeof COUNT_NOTES;
  adminOnly?: boolean;
}

const COUNT_NOTES = { findings: ' open', actions: ' awaiting a decision', senders: ' awaiting a decision' } as const;

const ENTRIES: readonly Entry[] = [
  { to: '/', label: 'Overview', icon: Gauge },
  { to: '/findings', label: 'Findings', icon: ShieldAlert, count: 'findings' },
  { to: '/events', label: 'Events', icon: ScrollText },
  { to: '/devices', label: 'Devices', icon: Router },
  { to: '/unattributed', label: 'Unattributed', icon: CircleHelp, count: 'senders' },
  { to: '/actions', label: 'Actions', icon: Wrench, count: 'actions' },
  { to: '/rules', label: 'Rules', icon: FileCode2 },
  { to: '/patterns', label: 'Unknown patterns', icon: Regex },
  { to: '/users', label: 'Users', icon: Users, adminOnly: true },
];

export function Navigation({ onNavigate }: { onNavigate?: () => void }) {
  const isAdmin = useMay('admin');
  const { data } = useQuery(overviewQuery());
  const { data: senders } = useInfiniteQuery(sendersQuery('open'));
  const counts = {
    findings: data ? openTotal(data.openFindings) : 0,
    actions: data?.pendingActions ?? 0,
    senders: senders?.pages[0]?.counts.open ?? 0,
  };
  return (
    <nav aria-label="Main" className="space-y-0.5 p-2">
      {ENTRIES.filter((entry) => !entry.adminOnly || isAdmin).map(({ to, label, icon: Icon, count }) => (
        <Link
          key={to}
          to={to}
          {...(onNavigate ? { onClick: onNavigate } : {})}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted hover:bg-hover hover:text-fg [&.active]:bg-accent-soft [&.active]:font-medium [&.active]:text-accent"
        >
          <Icon aria-hidden className="size-4" />
          {label}
          {count !== undefined && counts[count] > 0 ? (
            <span className="ml-auto text-xs tabular">
              {compactOf(counts[count])}
              <span className="sr-only">{COUNT_NOTES[count]}</span>
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
