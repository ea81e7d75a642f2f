import { useQuery } from '@tanstack/react-query';
import { Minus } from 'lucide-react';
import { useState } from 'react';
import { ErrorLine } from '../../../components/state-pane.js';
import { Dot } from '../../../components/ui/badge.js';
import { Skeleton } from '../../../components/ui/skeleton.js';
import type { FacetValue } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import type { FilterField, FilterSign } from '../../../lib/event-filter.js';
import { signOf } from '../../../lib/event-filter.js';
import { compactOf, countOf } from '../../../lib/numbers.js';
import { syslogName, syslogTone } from '../../../lib/severity.js';
import { facetsQuery } from '../api/get-facets.js';
import type { ExplorerState } from '../explorer-state.js';

const FACETS: readonly { field: FilterField; title: string; first: number }[] = [
  { field: 'effectiveSeverity', title: 'Severity', first: 8 },
  { field: 'domain', title: 'Domain', first: 6 },
  { field: 'deviceId', title: 'Device', first: 8 },
  { field: 'type', title: 'Type', first: 10 },
];

const isSeverity = (field: FilterField): boolean => field === 'effectiveSeverity' || field === 'severity';

interface FacetSidebarProps {
  state: ExplorerState;
  deviceNameOf: (deviceId: string) => string;
}

/** The values that the events in range have, with how many: press to include, the minus to exclude. */
export function FacetSidebar({ state, deviceNameOf }: FacetSidebarProps) {
  const facets = useQuery({ ...facetsQuery(state.query, state.countsSpan), enabled: state.isReady });
  if (facets.data === undefined && facets.error !== null) {
    return (
      <div className="p-3">
        <ErrorLine error={facets.error} onRetry={() => void facets.refetch()} />
      </div>
    );
  }
  return (
    <div className="space-y-4 px-3 py-3">
      {FACETS.map(({ field, title, first }) => (
        <Facet
          key={field}
          title={title}
          field={field}
          first={first}
          values={facets.data?.[field]}
          state={state}
          labelOf={(value) =>
            field === 'deviceId' ? deviceNameOf(value) : isSeverity(field) ? syslogName(Number(value)) : value
          }
        />
      ))}
    </div>
  );
}

interface FacetProps {
  title: string;
  field: FilterField;
  /** How many values show before "all". */
  first: number;
  values: readonly FacetValue[] | undefined;
  state: ExplorerState;
  labelOf: (value: string) => string;
}

/** Severities in their order, everything else by count as the API sends it; chosen values that have no events last. */
function orderedValues(field: FilterField, values: readonly FacetValue[], chosen: readonly string[]): FacetValue[] {
  const ordered = isSeverity(field) ? values.toSorted((a, b) => Number(a.value ?? 99) - Number(b.value ?? 99)) : values;
  const known = new Set(values.map(({ value }) => String(value)));
  const missing = chosen.map((entry) => entry.replace(/^!/, '')).filter((value) => !known.has(value));
  return [...ordered, ...missing.map((value) => ({ value, count: 0 }))];
}

function Facet({ title, field, first, values, state, labelOf }: FacetProps) {
  const [showsAll, setShowsAll] = useState(false);
  if (values === undefined) return <FacetSkeleton title={title} />;
  const all = orderedValues(field, values, state.search[field] ?? []);
  const shown = showsAll ? all : all.slice(0, first);
  const most = Math.max(1, ...all.map(({ count }) => count));
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-faint">{title}</h3>
      {all.length === 0 ? <p className="text-xs text-faint">no values</p> : null}
      <ul>
        {shown.map(({ value, count }) => (
          <FacetLine
            key={String(value)}
            value={value === null ? null : String(value)}
            label={value === null ? 'none' : labelOf(String(value))}
            count={count}
            share={count / most}
            isCode={field === 'type'}
            severity={isSeverity(field) && value !== null ? Number(value) : null}
            sign={value === null ? null : signOf(state.search, field, String(value))}
            onToggle={(sign) => {
              if (value !== null) state.toggle(field, String(value), sign);
            }}
          />
        ))}
      </ul>
      {all.length > first ? (
        <button
          type="button"
          className="mt-1 text-xs text-accent hover:underline"
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? 'Show fewer' : `Show all ${all.length}`}
        </button>
      ) : null}
    </section>
  );
}

function FacetSkeleton({ title }: { title: string }) {
  return (
    <section>
      <h3 className="mb-1.5 text-xs font-medium text-faint">{title}</h3>
      {['w-4/5', 'w-3/5', 'w-2/3'].map((width) => (
        <Skeleton key={width} className={cn('mb-2.5 h-3', width)} />
      ))}
    </section>
  );
}

interface FacetLineProps {
  value: string | null;
  label: string;
  count: number;
  share: number;
  isCode: boolean;
  severity: number | null;
  sign: FilterSign | null;
  onToggle: (sign: FilterSign) => void;
}

function FacetLine({ value, label, count, share, isCode, severity, sign, onToggle }: FacetLineProps) {
  return (
    <li className="group/facet my-px flex items-center gap-0.5">
      <button
        type="button"
        disabled={value === null}
        aria-pressed={sign === 'include'}
        title={`${label}: ${countOf(count)}`}
        onClick={() => onToggle('include')}
        style={{ backgroundSize: `${share * 100}% 100%` }}
        className={cn(
          'flex h-6.5 min-w-0 flex-1 bg-[linear-gradient(var(--info-soft),var(--info-soft))] bg-no-repeat items-center gap-1.5 rounded px-1.5 text-left hover:bg-hover',
          sign === 'include' && 'bg-accent-soft bg-none font-medium text-accent',
          sign === 'exclude' && 'text-critical line-through',
        )}
      >
        {severity === null ? null : <Dot tone={syslogTone(severity)} />}
        <span className={cn('min-w-0 flex-1 truncate', isCode && 'font-mono text-xs')}>{label}</span>
        <span className="w-9 shrink-0 text-right text-xs text-faint tabular">{compactOf(count)}</span>
      </button>
      <button
        type="button"
        disabled={value === null}
        aria-pressed={sign === 'exclude'}
        aria-label={`Without ${label}`}
        title={`Without ${label}`}
        onClick={() => onToggle('exclude')}
        className={cn(
          'grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-hover hover:text-critical disabled:invisible [@media(hover:hover)]:opacity-0 group-hover/facet:opacity-100 focus-visible:opacity-100',
          sign === 'exclude' && 'text-critical opacity-100!',
        )}
      >
        <Minus className="size-3.5" />
      </button>
    </li>
  );
}
