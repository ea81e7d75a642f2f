import { useEffect, useEffectEvent, useState } from 'react';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** An element for which Enter means something of its own. */
function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('a,button,[role="menu"],[role="dialog"],[role="listbox"]') !== null
  );
}

interface ListKeys {
  count: number;
  onOpen: (index: number) => void;
  /** Called when the marked row changes, to bring it into view. */
  onMove?: (index: number) => void;
}

/** j and k (and the arrows) move a mark through a list, Enter opens; -1 while nothing is marked. */
export function useListKeys({ count, onOpen, onMove }: ListKeys): number {
  const [marked, setMarked] = useState(-1);
  const current = Math.min(marked, count - 1);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('[role="dialog"],[role="menu"]') !== null) return;
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
    if (step !== 0 && count > 0) {
      const next = Math.max(0, Math.min(count - 1, current + step));
      setMarked(next);
      onMove?.(next);
      event.preventDefault();
    }
    if (event.key === 'Enter' && current >= 0 && !isControl(event.target)) onOpen(current);
    if (event.key === 'Escape') setMarked(-1);
  });
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return current;
}
