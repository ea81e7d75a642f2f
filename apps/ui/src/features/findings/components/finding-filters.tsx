import type { FindingSeverity } from '@opmas/contracts';
import { FilterPill } from '../../../components/filter-pill.js';
import { SearchBox } from '../../../components/search-box.js';
import { Dot } from '../../../components/ui/badge.js';
import { Select } from '../../../components/ui/select.js';
import type { SeverityCounts } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { countOf } from '../../../lib/numbers.js';
import { SEVERITIES } from '../../../lib/severity.js';
import type { FindingSearch } from '../finding-search.js';
import { FINDING_DOMAINS } from '../finding-search.js';

interface FiltersProps {
  search: FindingSearch;
  onChange: (change: Partial<FindingSearch>) => void;
  /** Open findings by severity over everything, shown while open ones are listed. */
  openCounts: SeverityCounts | undefined;
  deviceNameOf: (deviceId: string) => string;
}

const STATUSES = [
  { value: 'open', label: 'Open' },
  { value: 'cleared', label: 'Cleared' },
  { value: 'all', label: 'Open and cleared' },
] as const;

const DOMAINS = [
  { value: 'any', label: 'Any domain' } as const,
  ...FINDING_DOMAINS.map((value) => ({ value, label: value })),
];

function toggled<T>(values: readonly T[] | undefined, value: T): T[] | undefined {
  const next = values?.includes(value) ? values.filter((each) => each !== value) : [...(values ?? []), value];
  return next.length === 0 ? undefined : next;
}

export function FindingFilters({ search, onChange, openCounts, deviceNameOf }: FiltersProps) {
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox
          label="Search findings"
          placeholder="Search title, description, group"
          value={search.q}
          onSearch={(q) => onChange({ q })}
          className="w-full sm:w-72"
        />
        <Select
          label="Status"
          value={search.status ?? 'open'}
          options={STATUSES}
          onChange={(status) => onChange({ status: status === 'open' ? undefined : status })}
        />
        <Select
          label="Domain"
          value={search.domain?.[0] ?? 'any'}
          options={DOMAINS}
          onChange={(domain) => onChange({ domain: domain === 'any' ? undefined : [domain] })}
        />
        <div role="group" aria-label="Severity" className="flex flex-wrap gap-1">
          {SEVERITIES.map((severity) => (
            <SeverityToggle
              key={severity}
              severity={severity}
              isOn={search.severity?.includes(severity) ?? false}
              count={search.status === undefined ? openCounts?.[severity] : undefined}
              onToggle={() => onChange({ severity: toggled(search.severity, severity) })}
            />
          ))}
        </div>
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {search.deviceId?.map((deviceId) => (
          <FilterPill
            key={deviceId}
            name="device"
            value={deviceNameOf(deviceId)}
            onRemove={() => onChange({ deviceId: toggled(search.deviceId, deviceId) })}
          />
        ))}
        {search.ruleId?.map((ruleId) => (
          <FilterPill
            key={ruleId}
            name="rule"
            value={ruleId}
            onRemove={() => onChange({ ruleId: toggled(search.ruleId, ruleId) })}
          />
        ))}
      </div>
    </div>
  );
}

interface SeverityToggleProps {
  severity: FindingSeverity;
  isOn: boolean;
  count: number | undefined;
  onToggle: () => void;
}

function SeverityToggle({ severity, isOn, count, onToggle }: SeverityToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onToggle}
      className={cn(
        'inline-flex h-8 items-center gap-1.5 rounded-md border px-2 capitalize',
        isOn ? 'border-accent bg-accent-soft font-medium' : 'bg-surface text-muted hover:bg-hover',
      )}
    >
      <Dot tone={severity} />
      {severity}
      {count === undefined ? null : <span className="text-faint tabular">{countOf(count)}</span>}
    </button>
  );
}
