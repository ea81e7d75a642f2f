import type { SeverityCounts } from '../lib/api/resources.js';
import { SEVERITIES, openTotal } from '../lib/severity.js';
import { Dot } from './ui/badge.js';

/** Counts of open findings in one line, worst first, zeros left out. */
export function SeverityCountsLine({ counts }: { counts: SeverityCounts }) {
  if (openTotal(counts) === 0) return <span className="text-faint">none</span>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2.5 gap-y-0.5 tabular">
      {SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => (
        <span key={severity} className="inline-flex items-center gap-1" title={`${counts[severity]} ${severity}`}>
          <Dot tone={severity} />
          {counts[severity]}
          <span className="sr-only">{severity}</span>
        </span>
      ))}
    </span>
  );
}
