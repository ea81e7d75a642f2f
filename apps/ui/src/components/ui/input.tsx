import type { ComponentProps } from 'react';
import { cn } from '../../lib/class-names.js';

const FIELD =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-fg placeholder:text-faint focus-visible:outline-2 focus-visible:outline-accent disabled:opacity-60 aria-invalid:border-critical';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(FIELD, 'h-8', className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(FIELD, 'min-h-20 py-1.5', className)} {...props} />;
}

export function Field({ label, hint, children }: { label: string; hint?: string; children: React.ReactNode }) {
  return (
    <label className="block">
      <span className="mb-1 block text-xs font-medium text-muted">{label}</span>
      {children}
      {hint === undefined ? null : <span className="mt-1 block text-xs text-faint">{hint}</span>}
    </label>
  );
}
