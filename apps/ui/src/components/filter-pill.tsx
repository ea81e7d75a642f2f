import { X } from 'lucide-react';
import { cn } from '../lib/class-names.js';

interface FilterPillProps {
  name: string;
  value: string;
  isExcluded?: boolean;
  onRemove: () => void;
}

/** A filter that is on, with a button that takes it off. */
export function FilterPill({ name, value, isExcluded = false, onRemove }: FilterPillProps) {
  return (
    <span
      className={cn(
        'inline-flex h-7 max-w-full items-center gap-1 rounded-md border bg-surface pl-2',
        isExcluded ? 'border-critical/40' : 'border-accent/40',
      )}
    >
      <span className="text-faint">{name}</span>
      <span className={isExcluded ? 'text-critical' : 'text-accent'}>{isExcluded ? 'is not' : 'is'}</span>
      <span className="truncate font-medium">{value}</span>
      <button
        type="button"
        onClick={onRemove}
        aria-label={`Remove filter ${name} ${value}`}
        className="ml-0.5 grid size-6 place-items-center rounded text-faint hover:text-fg"
      >
        <X className="size-3.5" />
      </button>
    </span>
  );
}
