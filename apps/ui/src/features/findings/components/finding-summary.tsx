import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DefinitionList } from '../../../components/definition-list.js';
import { ExactTime } from '../../../components/relative-time.js';
import type { Finding } from '../../../lib/api/resources.js';
import { countOf } from '../../../lib/numbers.js';

/** Facts about a finding: where, how often, since when, by which rule. */
export function FindingSummary({ finding, deviceName }: { finding: Finding; deviceName: string | null }) {
  const items: (readonly [string, ReactNode])[] = [
    [
      'Device',
      finding.deviceId === null ? (
        'Several devices'
      ) : (
        <Link
          to="/devices/$deviceId"
          params={{ deviceId: finding.deviceId }}
          className="font-medium text-accent hover:underline"
        >
          {deviceName ?? finding.deviceId}
        </Link>
      ),
    ],
    ...Object.entries(finding.group)
      .filter(([field]) => field !== 'deviceId')
      .map(([field, value]) => [field, <span className="font-mono text-xs">{value}</span>] as const),
    ['Events', <span className="tabular">{countOf(finding.count)}</span>],
    ['First seen', <ExactTime at={finding.firstSeenAt} />],
    ['Last seen', <ExactTime at={finding.lastSeenAt} />],
    ['Opened', <ExactTime at={finding.openedAt} />],
  ];
  if (finding.clearedAt !== null) items.push(['Cleared', <ExactTime at={finding.clearedAt} />]);
  if (finding.reached) {
    items.push([
      'Threshold',
      <span className="tabular">
        reached {countOf(finding.reached.value)} of {countOf(finding.reached.threshold)}
      </span>,
    ]);
  }
  items.push([
    'Rule',
    <Link to="/rules" search={{ id: finding.ruleId }} className="text-accent hover:underline">
      {finding.ruleId} <span className="text-faint">v{finding.ruleVersion}</span>
    </Link>,
  ]);
  if (finding.previousFindingId) {
    items.push([
      'Earlier episode',
      <Link
        to="/findings/$findingId"
        params={{ findingId: finding.previousFindingId }}
        className="text-accent hover:underline"
      >
        the finding before this one
      </Link>,
    ]);
  }
  return <DefinitionList items={items} />;
}
