import type { ComponentProps } from 'react';
import { cn } from '../../lib/class-names.js';
import type { Tone } from '../../lib/severity.js';

const TONES: Readonly<Record<Tone, string>> = {
  critical: 'bg-critical-soft text-critical',
  high: 'bg-high-soft text-high',
  medium: 'bg-medium-soft text-medium',
  low: 'bg-low-soft text-low',
  info: 'bg-info-soft text-info',
  ok: 'bg-ok-soft text-ok',
  debug: 'bg-info-soft text-muted',
  none: 'bg-info-soft text-muted',
};

const DOTS: Readonly<Record<Tone, string>> = {
  critical: 'bg-critical-solid',
  high: 'bg-high-solid',
  medium: 'bg-medium-solid',
  low: 'bg-low-solid',
  info: 'bg-info-solid',
  ok: 'bg-ok-solid',
  debug: 'bg-debug-solid',
  none: 'bg-line-strong',
};

export const TEXT_TONES: Readonly<Record<Tone, string>> = {
  critical: 'text-critical',
  high: 'text-high',
  medium: 'text-medium',
  low: 'text-low',
  info: 'text-muted',
  ok: 'text-ok',
  debug: 'text-faint',
  none: 'text-faint',
};

export function Badge({ tone = 'none', className, ...props }: ComponentProps<'span'> & { tone?: Tone }) {
  return (
    <span
      className={cn(
        'inline-flex h-5 items-center gap-1 rounded px-1.5 text-[11px] font-medium whitespace-nowrap',
        TONES[tone],
        className,
      )}
      {...props}
    />
  );
}

export function Dot({ tone, className }: { tone: Tone; className?: string }) {
  return <span aria-hidden className={cn('inline-block size-2 shrink-0 rounded-full', DOTS[tone], className)} />;
}
