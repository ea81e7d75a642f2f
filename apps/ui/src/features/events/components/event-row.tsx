import { ChevronRight } from 'lucide-react';
import { memo } from 'react';
import { EventSeverity } from '../../../components/severity-badge.js';
import type { EventRecord } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { clockOf, dayAndClockOf, exactOf } from '../../../lib/instants.js';
import type { Zone } from '../../../lib/instants.js';
import { effectiveSeverity, syslogTone } from '../../../lib/severity.js';

export interface EventRowProps {
  event: EventRecord;
  /** Null where the whole list is one device's. */
  deviceName: string | null;
  zone: Zone;
  /** The list spans more than a day, so the clock alone would be ambiguous. */
  withDay: boolean;
  showRaw: boolean;
  isOpen: boolean;
  isMarked: boolean;
  onToggle: (event: EventRecord) => void;
}

/** One event in one line, on narrow screens in two. */
export const EventRow = memo(function EventRow(props: EventRowProps) {
  const { event, deviceName, zone, withDay, showRaw, isOpen, isMarked, onToggle } = props;
  const tone = syslogTone(effectiveSeverity(event));
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={() => onToggle(event)}
      className={cn(
        'flex w-full items-start gap-x-3 py-1 pr-3 pl-1.5 text-left font-mono text-xs leading-5 outline-offset-[-2px] hover:bg-hover max-md:flex-wrap',
        isOpen && 'bg-hover',
        isMarked && 'bg-accent-soft',
      )}
    >
      <span className="flex shrink-0 items-center gap-1.5 self-stretch">
        <span
          aria-hidden
          className="w-[3px] self-stretch rounded-full"
          style={{ background: tone === 'none' ? 'var(--line)' : `var(--${tone}-solid)` }}
        />
        <ChevronRight aria-hidden className={cn('size-3 text-faint transition-transform', isOpen && 'rotate-90')} />
        <time dateTime={event.receivedAt} title={exactOf(event.receivedAt, zone)} className="text-muted tabular">
          {withDay ? dayAndClockOf(event.receivedAt, zone) : clockOf(event.receivedAt, zone)}
        </time>
      </span>
      <EventSeverity event={event} className="w-17 shrink-0 truncate max-md:w-auto" />
      {deviceName === null ? null : (
        <span className="w-36 shrink-0 truncate font-sans text-fg max-md:w-auto max-md:max-w-40">{deviceName}</span>
      )}
      {showRaw ? null : <span className="w-24 shrink-0 truncate text-muted max-md:w-auto">{event.appName ?? '–'}</span>}
      <span className="min-w-0 flex-1 truncate max-md:basis-full max-md:pl-6">
        {showRaw ? event.raw : event.message}
      </span>
      {showRaw ? null : (
        <span className="max-w-56 shrink-0 truncate text-faint max-2xl:hidden">
          {event.type === 'other.unparsed' ? '' : event.type}
        </span>
      )}
    </button>
  );
});
