import { cn } from '../../lib/class-names.js';

export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('animate-pulse rounded bg-line', className)} />;
}

const WIDTHS = ['w-3/4', 'w-1/2', 'w-2/3', 'w-5/6', 'w-3/5'];

/** Rows in the place of a list that is being fetched. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-11 items-center gap-4 px-4">
          <Skeleton className="h-3 w-16 shrink-0" />
          <Skeleton className={cn('h-3', WIDTHS[index % WIDTHS.length])} />
        </div>
      ))}
    </div>
  );
}
