import { Dot } from '../../../components/ui/badge.js';
import type { DeviceHealth, DeviceSummary } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { countOf } from '../../../lib/numbers.js';
import { HEALTH_TONES } from '../../../lib/severity.js';
import { HEALTHS } from '../device-search.js';

interface HealthFilterProps {
  devices: readonly DeviceSummary[];
  chosen: readonly DeviceHealth[] | undefined;
  onChange: (chosen: DeviceHealth[] | undefined) => void;
}

export function HealthFilter({ devices, chosen, onChange }: HealthFilterProps) {
  const toggle = (health: DeviceHealth) => {
    const next = chosen?.includes(health) ? chosen.filter((each) => each !== health) : [...(chosen ?? []), health];
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <div role="group" aria-label="Health" className="flex flex-wrap gap-1">
      {HEALTHS.map((health) => (
        <button
          key={health}
          type="button"
          aria-pressed={chosen?.includes(health) ?? false}
          onClick={() => toggle(health)}
          className={cn(
            'inline-flex h-8 items-center gap-1.5 rounded-md border px-2',
            chosen?.includes(health)
              ? 'border-accent bg-accent-soft font-medium'
              : 'bg-surface text-muted hover:bg-hover',
          )}
        >
          <Dot tone={HEALTH_TONES[health]} />
          {health === 'ok' ? 'OK' : health.charAt(0).toUpperCase() + health.slice(1)}
          <span className="text-faint tabular">
            {countOf(devices.filter((device) => device.health === health).length)}
          </span>
        </button>
      ))}
    </div>
  );
}
