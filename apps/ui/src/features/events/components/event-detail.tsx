import { Braces, Link2, Minus, Plus } from 'lucide-react';
import { CopyButton } from '../../../components/copy-button.js';
import { Button } from '../../../components/ui/button.js';
import type { EventRecord } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import type { EventFilter, FilterSign } from '../../../lib/event-filter.js';
import { signOf } from '../../../lib/event-filter.js';
import { stringifySearch } from '../../../lib/search-params.js';
import { around, searchOf } from '../../../lib/time-range.js';
import type { FieldFilter, FieldRow } from '../event-fields.js';
import { fieldRows } from '../event-fields.js';

export type ApplyFilter = (filter: FieldFilter, sign: FilterSign) => void;

/** An address that shows this line among its neighbours, whatever is filtered now. */
export function linkToEvent(event: EventRecord): string {
  const atMs = Date.parse(event.receivedAt);
  const search = { ...searchOf(around(atMs, atMs, 5 * 60_000)), event: event.id };
  return `${window.location.origin}/events${stringifySearch(search)}`;
}

interface EventDetailProps {
  event: EventRecord;
  deviceName: string;
  filter: EventFilter;
  /** Absent where there is nothing to filter, as on a device's page. */
  onFilter?: ApplyFilter;
}

export function EventDetail({ event, deviceName, filter, onFilter }: EventDetailProps) {
  return (
    <div className="space-y-3 border-t bg-sunken px-4 py-3">
      <div className="flex flex-wrap gap-1">
        <CopyButton label="Copy the line" text={event.raw}>
          Line
        </CopyButton>
        <CopyButton label="Copy the event as JSON" text={() => JSON.stringify(event, null, 2)}>
          <Braces aria-hidden /> JSON
        </CopyButton>
        <CopyButton label="Copy a link to this line" text={() => linkToEvent(event)}>
          <Link2 aria-hidden /> Link
        </CopyButton>
      </div>
      <code className="block rounded-md border bg-surface px-3 py-2 font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
        {event.raw}
      </code>
      <table className="w-full table-fixed text-xs">
        <tbody>
          {fieldRows(event, deviceName).map((row) => (
            <FieldLine key={row.name} row={row} filter={filter} onFilter={onFilter} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FieldLineProps {
  row: FieldRow;
  filter: EventFilter;
  onFilter: ApplyFilter | undefined;
}

function FieldLine({ row, filter, onFilter }: FieldLineProps) {
  return (
    <tr className="group/field">
      <th scope="row" className="w-30 py-0.5 pr-2 text-left align-top font-normal text-faint sm:w-44">
        <span className={cn('block truncate leading-6', row.isParsed && 'text-accent')} title={row.name}>
          {row.name}
        </span>
      </th>
      <td className="w-14 align-top">
        {row.filter === null || onFilter === undefined ? null : (
          <FieldFilterButtons row={row} target={row.filter} filter={filter} onFilter={onFilter} />
        )}
      </td>
      <td className="py-0.5 font-mono leading-6 break-all">{row.text}</td>
    </tr>
  );
}

interface ButtonsProps {
  row: FieldRow;
  target: FieldFilter;
  filter: EventFilter;
  onFilter: ApplyFilter;
}

function FieldFilterButtons({ row, target, filter, onFilter }: ButtonsProps) {
  const sign = target.kind === 'facet' ? signOf(filter, target.field, target.value) : null;
  const include =
    target.kind === 'text'
      ? `Search for ${row.text}`
      : sign === 'include'
        ? `Stop filtering by ${row.name}`
        : `Only ${row.name} ${row.text}`;
  return (
    <span className="flex gap-0.5 opacity-70 group-hover/field:opacity-100">
      <Button
        variant="ghost"
        size="icon-sm"
        className={cn('size-6', sign === 'include' && 'text-accent')}
        aria-label={include}
        title={include}
        onClick={() => onFilter(target, 'include')}
      >
        <Plus />
      </Button>
      {target.kind === 'facet' ? (
        <Button
          variant="ghost"
          size="icon-sm"
          className={cn('size-6', sign === 'exclude' && 'text-critical')}
          aria-label={`Without ${row.name} ${row.text}`}
          title={`Without ${row.name} ${row.text}`}
          onClick={() => onFilter(target, 'exclude')}
        >
          <Minus />
        </Button>
      ) : null}
    </span>
  );
}
