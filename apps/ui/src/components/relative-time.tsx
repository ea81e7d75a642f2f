import { useNow } from '../lib/clock.js';
import { exactOf, relativeOf } from '../lib/instants.js';
import { useZone } from '../lib/preferences.js';

/** `7m ago`, the exact instant in the tooltip; a dash where there is none. */
export function RelativeTime({ at, className }: { at: string | null | undefined; className?: string }) {
  const nowMs = useNow();
  const zone = useZone();
  if (!at) return <span className="text-faint">–</span>;
  return (
    <time dateTime={at} title={exactOf(at, zone)} className={`tabular whitespace-nowrap ${className ?? ''}`}>
      {relativeOf(at, nowMs)}
    </time>
  );
}

/** The exact instant with how long ago it was. */
export function ExactTime({ at }: { at: string | null | undefined }) {
  const nowMs = useNow();
  const zone = useZone();
  if (!at) return <span className="text-faint">–</span>;
  return (
    <time dateTime={at} className="tabular">
      {exactOf(at, zone).replace(/\.\d+/, '')} <span className="text-faint">({relativeOf(at, nowMs)})</span>
    </time>
  );
}
