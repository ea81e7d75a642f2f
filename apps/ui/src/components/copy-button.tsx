import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from './ui/button.js';

/** Also where the clipboard API is missing: plain http from another host. */
async function copyText(text: string): Promise<void> {
  if (window.isSecureContext && 'clipboard' in navigator) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

interface CopyButtonProps {
  label: string;
  text: string | (() => string);
  children?: ReactNode;
  className?: string;
}

/** Copies, and says for a moment that it did. With children it shows them, else only the icon. */
export function CopyButton({ label, text, children, className }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    copyText(typeof text === 'string' ? text : text()).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  return (
    <Button
      variant="ghost"
      size={children === undefined ? 'icon-sm' : 'sm'}
      aria-label={label}
      title={label}
      className={className}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        copy();
      }}
    >
      {isCopied ? <Check className="text-ok" /> : <Copy />}
      {children}
      <span className="sr-only" aria-live="polite">
        {isCopied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
