import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { asProblem } from '../lib/api/problem.js';
import { cn } from '../lib/class-names.js';
import { Button } from './ui/button.js';

interface EmptyProps {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  className?: string;
}

/** Says that there is nothing, why, and what one can do about it. */
export function EmptyPane({ icon, title, children, className }: EmptyProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center px-6 py-12 text-center', className)}>
      {icon === undefined ? null : <div className="mb-3 text-faint [&_svg]:size-7 [&_svg]:stroke-[1.5]">{icon}</div>}
      <p className="font-medium">{title}</p>
      {children === undefined ? null : <div className="mt-1 max-w-md text-muted">{children}</div>}
    </div>
  );
}

/** A failed request: the problem's title and detail, and a way to try again. */
export function ErrorPane({ error, onRetry, className }: { error: unknown; onRetry?: () => void; className?: string }) {
  const problem = asProblem(error);
  return (
    <div role="alert" className={cn('flex flex-col items-center justify-center px-6 py-12 text-center', className)}>
      <CircleAlert className="mb-3 size-7 stroke-[1.5] text-critical" />
      <p className="font-medium">
        {problem.title}
        {problem.status > 0 ? <span className="ml-1.5 font-normal text-faint tabular">({problem.status})</span> : null}
      </p>
      {problem.detail === '' || problem.detail === problem.title ? null : (
        <p className="mt-1 max-w-md text-muted">{problem.detail}</p>
      )}
      {onRetry === undefined ? null : (
        <Button className="mt-4" onClick={onRetry}>
          <RotateCw />
          Try again
        </Button>
      )}
    </div>
  );
}

/** A one-line form of the same, for places where data is already shown. */
export function ErrorLine({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asProblem(error);
  return (
    <div role="alert" className="flex items-center gap-2 rounded-md bg-critical-soft px-3 py-2 text-critical">
      <CircleAlert className="size-4 shrink-0" />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{problem.title}</span>
        {problem.detail === '' || problem.detail === problem.title ? null : <span>: {problem.detail}</span>}
      </span>
      {onRetry === undefined ? null : (
        <button type="button" onClick={onRetry} className="font-medium underline underline-offset-2">
          Try again
        </button>
      )}
    </div>
  );
}
