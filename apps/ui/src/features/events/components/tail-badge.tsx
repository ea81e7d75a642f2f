import { Pause, Play } from 'lucide-react';
import { Dot } from '../../../components/ui/badge.js';
import { Button } from '../../../components/ui/button.js';
import { countOf } from '../../../lib/numbers.js';
import { useLiveState } from '../../../lib/live.js';
import type { LiveTail } from '../live-tail.js';
import { TAIL_LIMITS } from '../live-tail.js';

interface TailBadgeProps {
  liveTail: LiveTail;
  onResume: () => void;
}

/** Says that lines come live, or that they wait and how many; and what was left out. */
export function TailBadge({ liveTail: { tail, pause }, onResume }: TailBadgeProps) {
  const isOpen = useLiveState() === 'open';
  const isFull = tail.waiting.length >= TAIL_LIMITS.waiting;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-accent-soft px-3 py-1.5 text-xs">
      {tail.paused ? (
        <Button size="sm" variant="primary" onClick={onResume}>
          <Play />
          Paused · {countOf(tail.waiting.length)}
          {isFull ? '+' : ''} new
        </Button>
      ) : (
        <Button size="sm" onClick={pause}>
          <Pause />
          Pause
        </Button>
      )}
      <span role="status" className="inline-flex items-center gap-1.5 text-muted">
        <Dot tone={isOpen ? (tail.paused ? 'medium' : 'ok') : 'critical'} />
        {!isOpen
          ? 'The live connection is down; lines that are missed are fetched when it is back'
          : tail.paused
            ? 'New lines wait until you go on'
            : 'New lines appear at the top'}
      </span>
      {tail.skipped > 0 ? (
        <span className="text-medium tabular">
          {countOf(tail.skipped)} lines left out of the live view: too many at once. Fetch again to see them
        </span>
      ) : null}
    </div>
  );
}
