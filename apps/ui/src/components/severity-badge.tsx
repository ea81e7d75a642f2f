import type { FindingSeverity } from '@opmas/contracts';
import { effectiveSeverity, syslogName, syslogTone } from '../lib/severity.js';
import { cn } from '../lib/class-names.js';
import { Badge, Dot, TEXT_TONES } from './ui/badge.js';

export function SeverityBadge({ severity }: { severity: FindingSeverity }) {
  return (
    <Badge tone={severity} className="w-16 justify-start capitalize">
      <Dot tone={severity} className="size-1.5" />
      {severity}
    </Badge>
  );
}

interface EventSeverityProps {
  event: { severity: number | null; effectiveSeverity?: number | undefined };
  className?: string;
}

/** An event's severity by meaning as its name, in its tone; a star where the daemon logged it at another. */
export function EventSeverity({ event, className }: EventSeverityProps) {
  const severity = effectiveSeverity(event);
  const isOwn = event.effectiveSeverity === undefined;
  return (
    <span
      className={cn(TEXT_TONES[syslogTone(severity)], className)}
      title={isOwn ? undefined : `logged as ${syslogName(event.severity)}`}
    >
      {syslogName(severity)}
      {isOwn ? null : (
        <span className="text-faint">
          *<span className="sr-only"> logged as {syslogName(event.severity)}</span>
        </span>
      )}
    </span>
  );
}
