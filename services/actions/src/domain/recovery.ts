/** What follows from the router's answer about a run whose result is not recorded: the table of docs/actions.md. */
import type { ActionClass } from './catalogue/action.js';
import type { MarkerReport } from './run-marker.js';

export interface RecoveryQuestion {
  class: ActionClass;
  report: MarkerReport;
  /** Seconds on the stream's clock since `started` was stored. */
  secondsSinceStarted: number;
  /** True while the stream's clock is before the run's deadline. */
  isBeforeDeadline: boolean;
}

export type RecoveryVerdict =
  /** The result stands on the router: record it. */
  | { do: 'record' }
  /** Ask again a little later. */
  | { do: 'wait' }
  /** The run never reached the router: claim it now. */
  | { do: 'claim' }
  /** It may or may not have had its effect: look, and where the effect is absent run it once more. */
  | { do: 'verify' }
  | { do: 'interrupt'; reason: string }
  | { do: 'fail'; reason: string };

/** A boot this much younger than `started` (in seconds) counts as a boot after it: in doubt, the RAM was lost. */
const BOOT_MARGIN_SECONDS = 5;

function isRepeatable(actionClass: ActionClass): boolean {
  return actionClass === 'read' || actionClass === 'converge';
}

/** Pure: the same answer gives the same verdict on every executor. */
export function recover({ class: actionClass, report, ...question }: RecoveryQuestion): RecoveryVerdict {
  const doubt = (reason: string): RecoveryVerdict => {
    if (!isRepeatable(actionClass)) return { do: 'interrupt', reason };
    return question.isBeforeDeadline ? { do: 'verify' } : { do: 'interrupt', reason };
  };
  switch (report.state) {
    case 'ended':
      return { do: 'record' };
    case 'running':
      return report.otherBoot ? doubt('the router was restarted while the action ran') : { do: 'wait' };
    case 'died':
      return doubt(
        report.otherBoot ? 'the router was restarted while the action ran' : 'the action ended midway on the router',
      );
    case 'absent': {
      const booted = !(report.uptimeSeconds > question.secondsSinceStarted + BOOT_MARGIN_SECONDS);
      if (booted) return doubt('the router was restarted since the action began, and does not remember it');
      if (question.isBeforeDeadline) return { do: 'claim' };
      return { do: 'fail', reason: 'the action did not reach the router before its deadline' };
    }
  }
}
