import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../../lib/class-names.js';

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('min-w-0 rounded-lg border bg-surface', className)} {...props} />;
}

export function CardHeader({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2">
      <h2 className="text-[13px] font-semibold">{title}</h2>
      {note === undefined ? null : <span className="text-xs text-faint">{note}</span>}
      {children === undefined ? null : <div className="ml-auto flex items-center gap-2">{children}</div>}
    </header>
  );
}
