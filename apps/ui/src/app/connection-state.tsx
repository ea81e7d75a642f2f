import { useEffect, useState } from 'react';
import { Dot } from '../components/ui/badge.js';
import { Tooltip } from '../components/ui/tooltip.js';
import { cn } from '../lib/class-names.js';
import type { LiveState } from '../lib/live-connection.js';
import { live, useLiveState } from '../lib/live.js';
import type { Tone } from '../lib/severity.js';

const SHOWN: Readonly<Record<LiveState, { tone: Tone; label: string; detail: string }>> = {
  open: { tone: 'ok', label: 'Live', detail: 'Changes appear as they happen.' },
  connecting: { tone: 'medium', label: 'Connecting', detail: 'The live connection is being made.' },
  waiting: {
    tone: 'critical',
    label: 'Not live',
    detail: 'The live connection is down and is tried again by itself. Press to try now.',
  },
  off: { tone: 'none', label: 'Not live', detail: 'There is no live connection.' },
};

const SETTLE_MS = 1200;

/** A renewal of the token or a blip is not worth a red dot: a bad state shows once it has lasted. */
function useSettledState(): LiveState {
  const state = useLiveState();
  const [settled, setSettled] = useState<LiveState>('connecting');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(state), state === 'open' ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return settled;
}

export function ConnectionState() {
  const state = useSettledState();
  const { tone, label, detail } = SHOWN[state];
  return (
    <Tooltip content={detail}>
      <button
        type="button"
        onClick={live.retryNow}
        aria-label={`Live connection: ${label}`}
        className="flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-xs text-muted hover:bg-hover"
      >
        <span className="grid size-4 place-items-center">
          <Dot tone={tone} className={cn(state === 'connecting' && 'animate-pulse')} />
        </span>
        <span role="status">{label}</span>
      </button>
    </Tooltip>
  );
}
