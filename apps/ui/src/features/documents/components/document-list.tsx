import { Link } from '@tanstack/react-router';
import { Badge, Dot } from '../../../components/ui/badge.js';
import type { RuleDocument } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';
import { SEVERITIES } from '../../../lib/severity.js';

interface DocumentListProps {
  documents: readonly RuleDocument[];
  selectedId: string | undefined;
}

export function DocumentList({ documents, selectedId }: DocumentListProps) {
  return (
    <ul className="divide-y">
      {documents.map((document) => {
        const tone = SEVERITIES.find((severity) => severity === document.severity) ?? 'none';
        return (
          <li key={document.id}>
            <Link
              from="/rules"
              to="/rules"
              search={(before) => ({ ...before, id: document.id })}
              aria-current={document.id === selectedId ? 'true' : undefined}
              className={cn(
                'flex items-start gap-2.5 px-4 py-2 hover:bg-hover',
                document.id === selectedId && 'bg-accent-soft hover:bg-accent-soft',
              )}
            >
              <Dot tone={tone} className="mt-1.5" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{document.title ?? document.id}</span>
                <span className="block truncate text-xs text-faint">
                  {[document.id, document.domain, document.severity].filter(Boolean).join(' · ')}
                </span>
              </span>
              {document.enabled ? null : <Badge>off</Badge>}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
