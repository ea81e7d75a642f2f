import { Link } from '@tanstack/react-router';
import { RelativeTime } from '../../../components/relative-time.js';
import type { Template } from '../../../lib/api/resources.js';
import { countOf } from '../../../lib/numbers.js';

const WILDCARD = '<*>';

/** The words of a template, what varies in them set back. */
function TemplateText({ text }: { text: string }) {
  const parts = text.split(WILDCARD);
  return parts.map((part, index) => (
    // The parts have no other name than their place.
    <span key={index}>
      {index === 0 ? null : <span className="text-faint">{WILDCARD}</span>}
      {part}
    </span>
  ));
}

export function TemplateList({ templates }: { templates: readonly Template[] }) {
  return (
    <ul className="divide-y">
      {templates.map(({ templateIds, appName, template, count, devices, lastSeenAt, sample }) => (
        <li key={templateIds.join()} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2">
          <span className="w-16 text-right tabular">{countOf(count)}</span>
          <span className="w-32 truncate">
            <Link
              to="/events"
              search={{ type: ['other.unparsed'], range: '24h', ...(appName === null ? {} : { appName }) }}
              className="font-medium hover:underline"
            >
              {appName ?? 'no tag'}
            </Link>
          </span>
          <span className="min-w-0 flex-1 truncate font-mono text-xs max-md:basis-full" title={sample}>
            {template === '' ? <span className="text-faint">empty message</span> : <TemplateText text={template} />}
          </span>
          <span className="w-24 text-xs text-faint">{devices === 1 ? '1 device' : `${countOf(devices)} devices`}</span>
          <span className="w-20 text-xs text-faint">
            <RelativeTime at={lastSeenAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
