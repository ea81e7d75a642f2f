import { RelativeTime } from '../../../components/relative-time.js';
import { Badge } from '../../../components/ui/badge.js';
import type { AuditEntry } from '../../../lib/api/resources.js';

export function AuditList({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <ul className="divide-y">
      {entries.map((entry) => (
        <li key={entry.id} className="flex flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-2">
          <span className="w-20 text-xs text-faint">
            <RelativeTime at={entry.happenedAt} />
          </span>
          <span className="w-28 truncate font-medium">{entry.userName}</span>
          <span
            className="min-w-0 flex-1 truncate font-mono text-xs text-muted"
            title={`${entry.operation} ${entry.target}`}
          >
            {entry.operation} <span className="text-fg">{entry.target}</span>
          </span>
          <span className="text-xs text-faint max-md:hidden">{entry.address}</span>
          <Badge tone={entry.outcome < 400 ? 'none' : 'high'}>{entry.outcome}</Badge>
        </li>
      ))}
    </ul>
  );
}
