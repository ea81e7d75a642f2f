import { ListFilter, Radio, RotateCw, ZoomOut } from 'lucide-react';
import { useState } from 'react';
import { FilterPill } from '../../../components/filter-pill.js';
import { SearchBox } from '../../../components/search-box.js';
import { TimeRangePicker } from '../../../components/time-range-picker.js';
import { Button } from '../../../components/ui/button.js';
import { Dialog, DialogContent, DialogTrigger } from '../../../components/ui/dialog.js';
import { cn } from '../../../lib/class-names.js';
import { FILTER_FIELDS, isFiltered } from '../../../lib/event-filter.js';
import type { FilterField } from '../../../lib/event-filter.js';
import { syslogName } from '../../../lib/severity.js';
import { zoomOut } from '../../../lib/time-range.js';
import type { ExplorerState } from '../explorer-state.js';
import { NO_FILTER } from '../explorer-state.js';
import { FacetSidebar } from './facet-sidebar.js';

interface ToolbarProps {
  state: ExplorerState;
  deviceNameOf: (deviceId: string) => string;
}

/** The text search, the time range, and how the lines are shown. */
export function ExplorerToolbar({ state, deviceNameOf }: ToolbarProps) {
  const { search, range, isLive, change, setRange } = state;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchBox
        label="Search in events"
        placeholder="Search in lines, then Enter"
        value={search.q}
        onSearch={(q) => change({ q })}
        whileTyping={false}
        className="min-w-44 flex-1"
      />
      <FacetsInDialog state={state} deviceNameOf={deviceNameOf} />
      <TimeRangePicker range={range} onChange={setRange} />
      <Button
        size="icon"
        aria-label="Zoom out"
        title="Twice the time range"
        onClick={() => setRange(zoomOut(range, Date.now()))}
      >
        <ZoomOut />
      </Button>
      <Button
        aria-pressed={isLive}
        onClick={() =>
          change(
            isLive
              ? { live: undefined }
              : { live: true, from: undefined, to: undefined, range: range.kind === 'relative' ? search.range : '15m' },
          )
        }
        className={cn(isLive && 'border-accent bg-accent-soft text-accent hover:bg-accent-soft')}
      >
        <Radio />
        Live
      </Button>
      <Button size="icon" aria-label="Fetch again" title="Fetch again" onClick={state.refresh}>
        <RotateCw />
      </Button>
      <ViewToggle
        show={search.show ?? 'parsed'}
        onChange={(show) => change({ show: show === 'raw' ? 'raw' : undefined }, { replace: true })}
      />
    </div>
  );
}

function ViewToggle({ show, onChange }: { show: 'parsed' | 'raw'; onChange: (show: 'parsed' | 'raw') => void }) {
  return (
    <div role="group" aria-label="Show lines" className="inline-flex h-8 rounded-md border border-line-strong p-0.5">
      {(['parsed', 'raw'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={show === each}
          onClick={() => onChange(each)}
          className={cn(
            'rounded px-2 capitalize',
            show === each ? 'bg-accent-soft font-medium text-accent' : 'text-muted',
          )}
        >
          {each}
        </button>
      ))}
    </div>
  );
}

/** Narrow screens have no room for the facets beside the list. */
function FacetsInDialog({ state, deviceNameOf }: ToolbarProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button className="xl:hidden">
          <ListFilter />
          Filter
        </Button>
      </DialogTrigger>
      <DialogContent title="Filter">
        <FacetSidebar state={state} deviceNameOf={deviceNameOf} />
      </DialogContent>
    </Dialog>
  );
}

const FIELD_NAMES: Readonly<Record<FilterField, string>> = {
  domain: 'domain',
  type: 'type',
  effectiveSeverity: 'severity',
  severity: 'logged severity',
  deviceId: 'device',
};

/** The filters that are on; each can be taken off here. */
export function ActiveFilters({ state, deviceNameOf }: ToolbarProps) {
  const { search, change, toggle } = state;
  if (!isFiltered({ ...search, q: undefined })) return null;
  const labelOf = (field: FilterField, value: string) =>
    field === 'deviceId'
      ? deviceNameOf(value)
      : field === 'severity' || field === 'effectiveSeverity'
        ? syslogName(Number(value))
        : value;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {FILTER_FIELDS.flatMap((field) =>
        (search[field] ?? []).map((entry) => {
          const isExcluded = entry.startsWith('!');
          const value = isExcluded ? entry.slice(1) : entry;
          return (
            <FilterPill
              key={`${field}${entry}`}
              name={FIELD_NAMES[field]}
              value={labelOf(field, value)}
              isExcluded={isExcluded}
              onRemove={() => toggle(field, value, isExcluded ? 'exclude' : 'include')}
            />
          );
        }),
      )}
      {(['hostname', 'appName'] as const).map((field) =>
        search[field] === undefined ? null : (
          <FilterPill key={field} name={field} value={search[field]} onRemove={() => change({ [field]: undefined })} />
        ),
      )}
      <button type="button" className="text-xs text-accent hover:underline" onClick={() => change(NO_FILTER)}>
        Clear all
      </button>
    </div>
  );
}
