import type { ActionStatus, DeviceHealth, FindingStatus } from '../lib/api/resources.js';
import type { Tone } from '../lib/severity.js';
import { HEALTH_TONES } from '../lib/severity.js';
import { Badge, Dot } from './ui/badge.js';

const HEALTH_NAMES: Readonly<Record<DeviceHealth, string>> = {
  ok: 'OK',
  problem: 'Problem',
  critical: 'Critical',
  unknown: 'Unknown',
};

export function HealthChip({ health }: { health: DeviceHealth }) {
  return (
    <Badge tone={HEALTH_TONES[health]}>
      <Dot tone={HEALTH_TONES[health]} className="size-1.5" />
      {HEALTH_NAMES[health]}
    </Badge>
  );
}

export function FindingStatusChip({ status }: { status: FindingStatus }) {
  return <Badge tone={status === 'open' ? 'low' : 'none'}>{status === 'open' ? 'Open' : 'Cleared'}</Badge>;
}

const ACTION_TONES: Readonly<Record<ActionStatus, Tone>> = {
  proposed: 'medium',
  approved: 'low',
  rejected: 'none',
  expired: 'none',
  started: 'low',
  succeeded: 'ok',
  failed: 'critical',
  interrupted: 'high',
  skipped: 'none',
};

const ACTION_NAMES: Readonly<Record<ActionStatus, string>> = {
  proposed: 'Awaiting decision',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  started: 'Running',
  succeeded: 'Succeeded',
  failed: 'Failed',
  interrupted: 'Interrupted',
  skipped: 'Skipped',
};

export function actionStatusName(status: ActionStatus): string {
  return ACTION_NAMES[status];
}

export function ActionStatusChip({ status }: { status: ActionStatus }) {
  return <Badge tone={ACTION_TONES[status]}>{ACTION_NAMES[status]}</Badge>;
}
