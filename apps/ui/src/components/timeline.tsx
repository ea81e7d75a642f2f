import type { ReactNode } from 'react';
import { exactOf } from '../lib/instants.js';
import { useZone } from '../lib/preferences.js';
import type { Tone } from '../lib/severity.js';
import { RelativeTime } from './relative-time.js';
import { Dot } from './ui/badge.js';

export interface TimelineEntry {
  key: string;
  at: string;
  tone: Tone;
  title: string;
  detail?: ReactNode;
}

/** What happened to something, newest first. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const zone = useZone();
  return (
    <ol className="relative ml-1 space-y-4 border-l pl-5">
      {entries.map((entry) => (
        <li key={entry.key} className="relative">
          <Dot tone={entry.tone} className="absolute top-1.5 -left-[25px] size-2.5 ring-4 ring-surface" />
          <div className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-medium">{entry.title}</span>
            <span className="text-xs text-faint">
              <RelativeTime at={entry.at} />
              <span className="max-sm:hidden"> · {exactOf(entry.at, zone).replace(/\.\d+/, '')}</span>
            </span>
          </div>
          {entry.detail === undefined ? null : <div className="mt-0.5 break-words text-muted">{entry.detail}</div>}
        </li>
      ))}
    </ol>
  );
}
