import { Link } from '@tanstack/react-router';
import { CommandsView } from '../../../components/commands-view.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { ActionStatusChip } from '../../../components/status-chips.js';
import type { Action } from '../../../lib/api/resources.js';
import { DecisionButtons } from './decision-dialog.js';

interface ProposedActionProps {
  action: Action;
  deviceName: string;
  /** Without the commands: the dialog shows them before anything is approved. */
  isCompact?: boolean;
}

/** An action where it is decided: on the finding's page and the overview. */
export function ProposedAction({ action, deviceName, isCompact = false }: ProposedActionProps) {
  return (
    <div className="space-y-2.5 px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-2">
            <Link to="/actions/$actionId" params={{ actionId: action.id }} className="font-medium hover:underline">
              {action.title}
            </Link>
            {isCompact ? null : <ActionStatusChip status={action.status} />}
          </div>
          <p className="text-xs text-faint">
            on {deviceName} · proposed <RelativeTime at={action.proposedAt} />
            {action.status === 'proposed' ? (
              <>
                {' '}
                · expires <RelativeTime at={action.expiresAt} />
              </>
            ) : null}
          </p>
        </div>
        <DecisionButtons action={action} deviceName={deviceName} />
      </div>
      {action.status === 'proposed' && !isCompact ? <CommandsView commands={action.commands} /> : null}
    </div>
  );
}
