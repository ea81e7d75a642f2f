import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DefinitionList } from '../../../components/definition-list.js';
import { ExactTime } from '../../../components/relative-time.js';
import type { Action } from '../../../lib/api/resources.js';

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function decided(action: Action): (readonly [string, ReactNode])[] {
  if (action.decidedAt === null) return [];
  return [
    ['Decided', <ExactTime at={action.decidedAt} />],
    ['By', action.decidedBy ?? 'the playbook'],
    ...(action.decisionReason === null ? [] : [['Reason', action.decisionReason] as const]),
  ];
}

export function ActionSummary({ action, deviceName }: { action: Action; deviceName: string }) {
  const items: (readonly [string, ReactNode])[] = [
    [
      'Device',
      <Link
        to="/devices/$deviceId"
        params={{ deviceId: action.deviceId }}
        className="font-medium text-accent hover:underline"
      >
        {deviceName}
      </Link>,
    ],
  ];
  if (action.findingId !== null) {
    items.push([
      'Because of',
      <Link to="/findings/$findingId" params={{ findingId: action.findingId }} className="text-accent hover:underline">
        the finding
      </Link>,
    ]);
  }
  if (action.playbookId !== null) {
    items.push([
      'Playbook',
      <>
        {action.playbookId} <span className="text-faint">v{action.playbookVersion}</span>
        {action.step === null ? '' : `, step ${action.step}`}
      </>,
    ]);
  }
  items.push(['Kind', <span className="font-mono text-xs">{action.name}</span>], ['Class', action.class]);
  for (const [name, value] of Object.entries(action.parameters)) {
    items.push([name, <span className="font-mono text-xs">{textOf(value)}</span>]);
  }
  items.push(['Proposed', <ExactTime at={action.proposedAt} />]);
  if (action.status === 'proposed' || action.status === 'expired')
    items.push(['Expires', <ExactTime at={action.expiresAt} />]);
  items.push(...decided(action));
  if (action.startedAt !== null) items.push(['Started', <ExactTime at={action.startedAt} />]);
  if (action.finishedAt !== null) items.push(['Finished', <ExactTime at={action.finishedAt} />]);
  return <DefinitionList items={items} />;
}
