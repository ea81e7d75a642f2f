import type { ReactNode } from 'react';

interface Section {
  heading: string | null;
  text: string;
}

/** `Why it matters: because ...` is a heading and its text; what has no such beginning belongs to no heading. */
function sectionsOf(description: string): Section[] {
  return description
    .trim()
    .split(/\n\s*\n/)
    .map((block) => {
      const text = block.replaceAll(/\s*\n\s*/g, ' ').trim();
      const match = /^([A-Z][A-Za-z' ]{3,40}): +(.+)$/.exec(text);
      return match ? { heading: match[1] ?? null, text: match[2] ?? '' } : { heading: null, text };
    });
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `code` in backticks; everything else is plain text, never HTML. */
function inline(text: string): ReactNode[] {
  return text.split('`').map((part, index) =>
    index % 2 === 1 ? (
      <code key={index} className="rounded bg-sunken px-1 py-0.5 font-mono text-xs">
        {part}
      </code>
    ) : (
      part
    ),
  );
}

/** A rule's description: what, why it matters, what to do. */
export function FindingDescription({ text }: { text: string }) {
  return (
    <div className="max-w-[76ch] space-y-3 text-[13.5px] leading-6">
      {sectionsOf(text).map((section, index) => (
        <div key={index}>
          {section.heading === null ? null : (
            <h3 className="text-xs leading-5 font-semibold text-muted">{section.heading}</h3>
          )}
          <p className={index === 0 ? 'font-medium' : ''}>
            {inline(section.heading === null ? section.text : capitalised(section.text))}
          </p>
        </div>
      ))}
    </div>
  );
}
