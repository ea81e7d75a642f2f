import type { FindingSeverity } from '@opmas/contracts';
import { syslogName, syslogTone } from '../lib/severity.js';
import { Badge, Dot, TEXT_TONES } from './ui/badge.js';

export function SeverityBadge({ severity }: { severity: FindingSeverity }) {
  return (
    <Badge tone={severity} className="w-16 justify-start capitalize">
      <Dot tone={severity} className="size-1.5" />
      {severity}
    </Badge>
  );
}

/** A syslog severity as its name, in its tone. */
export function SyslogSeverity({ severity }: { severity: number | null }) {
  return <span className={TEXT_TONES[syslogTone(severity)]}>{syslogName(severity)}</span>;
}
