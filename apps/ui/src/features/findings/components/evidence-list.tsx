import { CopyButton } from '../../../components/copy-button.js';
import { EventSeverity } from '../../../components/severity-badge.js';
import type { EventRecord } from '../../../lib/api/resources.js';
import { clockOf, exactOf } from '../../../lib/instants.js';
import { useZone } from '../../../lib/preferences.js';

/** The lines that the finding rests on, exactly as they came. */
export function EvidenceList({ events }: { events: readonly EventRecord[] }) {
  const zone = useZone();
  return (
    <ol className="divide-y font-mono text-xs">
      {events.map((event) => (
        <li key={event.id} className="group flex items-start gap-3 px-4 py-1.5 hover:bg-hover">
          <time
            dateTime={event.receivedAt}
            title={exactOf(event.receivedAt, zone)}
            className="shrink-0 leading-6 text-faint tabular max-sm:hidden"
          >
            {clockOf(event.receivedAt, zone)}
          </time>
          <span className="w-16 shrink-0 leading-6 max-md:hidden">
            <EventSeverity event={event} />
          </span>
          <code className="min-w-0 flex-1 leading-6 wrap-anywhere whitespace-pre-wrap">{event.raw}</code>
          <CopyButton label="Copy the line" text={event.raw} className="size-6 opacity-60 group-hover:opacity-100" />
        </li>
      ))}
    </ol>
  );
}
