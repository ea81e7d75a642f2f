import { CalendarClock, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { cn } from '../lib/class-names.js';
import { fromInputValue, inputValueOf, shortInstantOf } from '../lib/instants.js';
import type { Zone } from '../lib/instants.js';
import { useZone, zonePreference } from '../lib/preferences.js';
import type { TimeRange } from '../lib/time-range.js';
import { SPANS, parseSpan, resolveRange, spanLabel } from '../lib/time-range.js';
import { Button } from './ui/button.js';
import { Field, Input } from './ui/input.js';
import { Popover, PopoverContent, PopoverTrigger } from './ui/popover.js';

interface PickerProps {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}

function rangeLabel(range: TimeRange, zone: Zone): string {
  if (range.kind === 'relative') return spanLabel(range.span);
  return `${shortInstantOf(range.fromMs, zone)} to ${shortInstantOf(range.toMs, zone)}`;
}

/** Relative or absolute, with the zone that all times of the page are shown in. */
export function TimeRangePicker({ range, onChange }: PickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const zone = useZone();
  const choose = (next: TimeRange) => {
    onChange(next);
    setIsOpen(false);
  };
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button aria-label={`Time range: ${rangeLabel(range, zone)}`} className="tabular">
          <CalendarClock className="text-faint" />
          {rangeLabel(range, zone)}
          <span className="text-faint">{zone === 'utc' ? 'UTC' : 'local'}</span>
          <ChevronDown className="text-faint" />
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-[26rem]">
        <div className="grid gap-4 p-4 sm:grid-cols-[8.5rem_1fr]">
          <RelativeChoices range={range} onChange={choose} />
          <AbsoluteForm range={range} zone={zone} onChange={choose} />
        </div>
        <div className="flex items-center gap-2 border-t px-4 py-2.5 text-xs">
          <span className="mr-auto text-muted">Times are shown and entered in</span>
          <ZoneToggle />
        </div>
      </PopoverContent>
    </Popover>
  );
}

export function ZoneToggle() {
  const zone = useZone();
  return (
    <div role="group" aria-label="Time zone" className="inline-flex rounded-md border border-line-strong p-0.5">
      {(['local', 'utc'] as const).map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={zone === each}
          onClick={() => zonePreference.set(each)}
          className={cn(
            'h-6 rounded px-2 text-xs font-medium',
            zone === each ? 'bg-accent-soft text-accent' : 'text-muted',
          )}
        >
          {each === 'utc' ? 'UTC' : 'Local'}
        </button>
      ))}
    </div>
  );
}

function RelativeChoices({ range, onChange }: PickerProps) {
  const [custom, setCustom] = useState('');
  const isValid = parseSpan(custom) !== null;
  return (
    <div>
      <ul className="mb-2">
        {SPANS.map((span) => (
          <li key={span}>
            <button
              type="button"
              onClick={() => onChange({ kind: 'relative', span })}
              className={cn(
                'w-full rounded px-2 py-1 text-left hover:bg-hover',
                range.kind === 'relative' && range.span === span && 'bg-accent-soft font-medium text-accent',
              )}
            >
              {spanLabel(span)}
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isValid) onChange({ kind: 'relative', span: custom.trim() });
        }}
      >
        <Input
          aria-label="Other span, like 45m, 3h or 2d"
          placeholder="45m, 3h, 2d"
          value={custom}
          aria-invalid={custom !== '' && !isValid}
          onChange={(event) => setCustom(event.target.value)}
        />
      </form>
    </div>
  );
}

function AbsoluteForm({ range, zone, onChange }: PickerProps & { zone: Zone }) {
  const [initial] = useState(() => resolveRange(range, Date.now()));
  const [from, setFrom] = useState(inputValueOf(initial.fromMs, zone));
  const [to, setTo] = useState(inputValueOf(initial.toMs, zone));
  const [shownZone, setShownZone] = useState(zone);
  if (shownZone !== zone) {
    setShownZone(zone);
    setFrom(inputValueOf(fromInputValue(from, shownZone), zone));
    setTo(inputValueOf(fromInputValue(to, shownZone), zone));
  }
  const fromMs = fromInputValue(from, zone);
  const toMs = fromInputValue(to, zone);
  const isValid = fromMs < toMs;
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) onChange({ kind: 'absolute', fromMs, toMs });
      }}
    >
      <Field label="From">
        <Input type="datetime-local" step="1" required value={from} onChange={(event) => setFrom(event.target.value)} />
      </Field>
      <Field label="To">
        <Input
          type="datetime-local"
          step="1"
          required
          value={to}
          aria-invalid={!isValid}
          onChange={(event) => setTo(event.target.value)}
        />
      </Field>
      {isValid ? null : <p className="text-xs text-critical">The range must end after it begins.</p>}
      <Button type="submit" variant="primary" disabled={!isValid} className="w-full">
        Show this range
      </Button>
    </form>
  );
}
