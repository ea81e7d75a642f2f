import { Link } from '@tanstack/react-router';
import { Card, CardHeader } from '../../../components/ui/card.js';
import { Dot } from '../../../components/ui/badge.js';
import type { DeviceHealth, Overview } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { countOf } from '../../../lib/numbers.js';
import type { Tone } from '../../../lib/severity.js';
import { HEALTH_TONES, SEVERITIES } from '../../../lib/severity.js';

interface Part {
  key: string;
  label: string;
  tone: Tone;
  count: number;
}

/** One bar whose parts are shares of the whole; the numbers stand beside it, so it is decoration to a reader. */
function ShareBar({ parts }: { parts: readonly Part[] }) {
  const total = parts.reduce((sum, part) => sum + part.count, 0);
  return (
    <div aria-hidden className="flex h-2 gap-0.5 overflow-hidden rounded-full bg-sunken">
      {parts.map((part) =>
        part.count === 0 ? null : (
          <div
            key={part.key}
            className="min-w-1"
            style={{
              width: `${(part.count / total) * 100}%`,
              background: part.tone === 'none' ? 'var(--line-strong)' : `var(--${part.tone}-solid)`,
            }}
          />
        ),
      )}
    </div>
  );
}

const ROW = 'flex h-7 items-center gap-2 rounded px-2 -mx-2 hover:bg-hover';

function PartLabel({ part }: { part: Part }) {
  return (
    <>
      <Dot tone={part.tone} />
      <span className="capitalize">{part.label}</span>
      <span className={cn('ml-auto tabular', part.count === 0 ? 'text-faint' : 'font-medium')}>
        {countOf(part.count)}
      </span>
    </>
  );
}

export function FindingsBreakdown({ overview }: { overview: Overview }) {
  const parts: Part[] = SEVERITIES.map((severity) => ({
    key: severity,
    label: severity,
    tone: severity,
    count: overview.openFindings[severity],
  }));
  return (
    <Card>
      <CardHeader title="Open findings" />
      <div className="px-4 py-3">
        <ShareBar parts={parts} />
        <ul className="mt-2">
          {SEVERITIES.map((severity, index) => {
            const part = parts[index];
            return part === undefined ? null : (
              <li key={severity}>
                <Link to="/findings" search={{ severity: [severity] }} className={ROW}>
                  <PartLabel part={part} />
                </Link>
              </li>
            );
          })}
        </ul>
      </div>
    </Card>
  );
}

const HEALTHS: readonly DeviceHealth[] = ['critical', 'problem', 'unknown', 'ok'];
const HEALTH_LABELS: Readonly<Record<DeviceHealth, string>> = {
  critical: 'Critical',
  problem: 'Problem',
  unknown: 'Unknown',
  ok: 'OK',
};

export function DevicesBreakdown({ overview }: { overview: Overview }) {
  const parts: Part[] = HEALTHS.map((health) => ({
    key: health,
    label: HEALTH_LABELS[health],
    tone: HEALTH_TONES[health],
    count: overview.devices[health],
  }));
  return (
    <Card>
      <CardHeader title="Device health" />
      <div className="px-4 py-3">
        <ShareBar parts={parts} />
        <ul className="mt-2">
          {HEALTHS.map((health, index) => {
            const part = parts[index];
            return part === undefined ? null : (
              <li key={health}>
                <Link to="/devices" search={{ health: [health] }} className={ROW}>
                  <PartLabel part={part} />
                </Link>
              </li>
            );
          })}
        </ul>
      </div>
    </Card>
  );
}
