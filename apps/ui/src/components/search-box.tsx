import { Search, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { cn } from '../lib/class-names.js';
import { Input } from './ui/input.js';

interface SearchBoxProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  onSearch: (text: string | undefined) => void;
  /** Searches while typing, after a pause; else on Enter. */
  whileTyping?: boolean;
  className?: string;
}

function useSlashKey(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || ['INPUT', 'TEXTAREA'].includes(target.tagName) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, [field]);
}

/** A search field; `/` puts the cursor into it. */
export function SearchBox({ label, placeholder, value, onSearch, whileTyping = true, className }: SearchBoxProps) {
  const [text, setText] = useState(value ?? '');
  const [lastValue, setLastValue] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  if (value !== lastValue) {
    setLastValue(value);
    if ((value ?? '') !== text.trim()) setText(value ?? '');
  }
  const submit = useEffectEvent((next: string) => {
    const trimmed = next.trim() === '' ? undefined : next.trim();
    if (trimmed !== value) onSearch(trimmed);
  });
  useEffect(() => {
    if (!whileTyping) return;
    const timer = setTimeout(() => submit(text), 300);
    return () => clearTimeout(timer);
  }, [text, whileTyping]);
  useSlashKey(field);
  const search = (next: string) => {
    setText(next);
    const trimmed = next.trim() === '' ? undefined : next.trim();
    if (trimmed !== value) onSearch(trimmed);
  };
  return (
    <div className={cn('relative', className)}>
      <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
      <Input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(text);
          if (event.key === 'Escape') field.current?.blur();
        }}
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
      />
      {text === '' ? null : (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={() => search('')}
          className="absolute top-1 right-1 grid size-6 place-items-center rounded text-faint hover:text-fg"
        >
          <X className="size-3.5" />
        </button>
      )}
    </div>
  );
}
