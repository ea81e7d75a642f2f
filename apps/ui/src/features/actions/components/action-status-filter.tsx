import { actionStatusName } from '../../../components/status-chips.js';
import type { ActionStatus } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { ACTION_STATUSES } from '../action-search.js';

interface StatusFilterProps {
  chosen: readonly ActionStatus[] | undefined;
  onChange: (chosen: ActionStatus[] | undefined) => void;
}

export function ActionStatusFilter({ chosen, onChange }: StatusFilterProps) {
  const toggle = (status: ActionStatus) => {
    const next = chosen?.includes(status) ? chosen.filter((each) => each !== status) : [...(chosen ?? []), status];
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <div role="group" aria-label="Status" className="flex flex-wrap gap-1">
      {ACTION_STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          aria-pressed={chosen?.includes(status) ?? false}
          onClick={() => toggle(status)}
          className={cn(
            'inline-flex h-8 items-center rounded-md border px-2.5',
            chosen?.includes(status)
              ? 'border-accent bg-accent-soft font-medium'
              : 'bg-surface text-muted hover:bg-hover',
          )}
        >
          {actionStatusName(status)}
        </button>
      ))}
    </div>
  );
}
