import { EmptyPane } from '../../../components/state-pane.js';
import { Badge } from '../../../components/ui/badge.js';
import { Card, CardHeader } from '../../../components/ui/card.js';
import { CopyButton } from '../../../components/copy-button.js';
import type { ActionDetail } from '../../../lib/api/resources.js';
import { cn } from '../../../lib/class-names.js';

const WITHOUT_OUTPUT: Partial<Record<ActionDetail['status'], string>> = {
  proposed: 'It has not run: it waits for a decision.',
  approved: 'It is approved and runs as soon as the executor takes it.',
  rejected: 'It was rejected and has not run.',
  expired: 'Nobody decided in time, so it has not run.',
  skipped: 'It was not needed any more, and has not run.',
  started: 'It runs. What the router answers appears here.',
};

/** What the router answered, and how it ended. */
export function ActionResult({ action }: { action: ActionDetail }) {
  const text = action.output.map((piece) => piece.text).join('');
  return (
    <Card>
      <CardHeader title="Output">
        {action.exitCode === null ? null : (
          <Badge tone={action.exitCode === 0 ? 'ok' : 'critical'}>exit code {action.exitCode}</Badge>
        )}
        {text === '' ? null : <CopyButton label="Copy the output" text={text} />}
      </CardHeader>
      {action.failureReason === null ? null : (
        <p className="border-b bg-critical-soft px-4 py-2 text-critical">{action.failureReason}</p>
      )}
      {text === '' ? (
        <EmptyPane title="No output" className="py-8">
          {WITHOUT_OUTPUT[action.status] ?? 'The commands printed nothing.'}
        </EmptyPane>
      ) : (
        <pre className="max-h-96 overflow-auto bg-sunken px-4 py-3 font-mono text-xs leading-5 whitespace-pre-wrap">
          {action.output.map((piece, index) => (
            <span key={index} className={cn(piece.channel === 'stderr' && 'text-high')}>
              {piece.text}
            </span>
          ))}
        </pre>
      )}
    </Card>
  );
}
