import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Card } from '../../../components/ui/card.js';
import type { Overview } from '../../../lib/api/resources.js';
import { compactOf, countOf, rateOf } from '../../../lib/numbers.js';
import { openTotal } from '../../../lib/severity.js';

function Stat({ label, value, exact, note }: { label: string; value: string; exact?: string; note?: ReactNode }) {
  return (
    <div className="h-full min-w-0 bg-surface px-4 py-3">
      <div className="text-xs text-muted">{label}</div>
      <div className="mt-0.5 text-xl leading-7 font-semibold tracking-tight tabular" title={exact}>
        {value}
      </div>
      <div className="truncate text-xs text-faint tabular">{note ?? ' '}</div>
    </div>
  );
}

/** The few numbers that say whether anything needs a look. */
export function StatStrip({ overview }: { overview: Overview }) {
  const { devices, openFindings, pendingActions } = overview;
  const unwell = devices.problem + devices.critical;
  const urgent = openFindings.critical + openFindings.high;
  return (
    <Card className="grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 xl:grid-cols-5">
      <Link to="/findings" className="hover:[&>div]:bg-hover">
        <Stat
          label="Open findings"
          value={countOf(openTotal(openFindings))}
          note={`${countOf(urgent)} high or critical`}
        />
      </Link>
      <Link to="/actions" search={{ status: ['proposed'] }} className="hover:[&>div]:bg-hover">
        <Stat
          label="Actions awaiting a decision"
          value={countOf(pendingActions)}
          note={pendingActions === 0 ? 'nothing to decide' : 'approve or reject'}
        />
      </Link>
      <Link to="/devices" className="hover:[&>div]:bg-hover">
        <Stat
          label="Devices"
          value={countOf(devices.total)}
          note={unwell === 0 ? `${countOf(devices.ok)} OK` : `${countOf(unwell)} with a problem`}
        />
      </Link>
      <Stat label="Events per second" value={rateOf(overview.eventsPerSecond)} note="right now" />
      <div className="max-sm:col-span-2 sm:max-xl:col-span-2">
        <Stat
          label="Events in 24 hours"
          value={compactOf(overview.events24h)}
          exact={countOf(overview.events24h)}
          note={`${compactOf(overview.linesTotal)} lines in all`}
        />
      </div>
    </Card>
  );
}
