import { Link } from '@tanstack/react-router';
import { ErrorLine } from '../../../components/state-pane.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { Badge } from '../../../components/ui/badge.js';
import { Button } from '../../../components/ui/button.js';
import type { UnattributedSender } from '../../../lib/api/resources.js';
import { useMay } from '../../../lib/current-user.js';
import { plural } from '../../../lib/numbers.js';
import { useDecideSender } from '../api/decide-sender.js';
import { DecideSenderDialog } from './decide-sender-dialog.js';

const REASONS: Readonly<Record<string, string>> = {
  ambiguous: 'More than one router sends under this name or address.',
  capped: 'Too many new devices wait for a decision already.',
};

const nameOf = ({ key }: UnattributedSender) => key.slice(key.indexOf(':') + 1);

export function SenderList({ senders }: { senders: readonly UnattributedSender[] }) {
  return (
    <ul className="divide-y">
      {senders.map((sender) => (
        <SenderItem key={`${sender.peer} ${sender.key}`} sender={sender} />
      ))}
    </ul>
  );
}

function SenderItem({ sender }: { sender: UnattributedSender }) {
  const { key, peer, reason, eventsTotal, firstSeenAt, lastSeenAt, samples, decision } = sender;
  const mayDecide = useMay('operator');
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-80 space-y-1.5">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">{nameOf(sender)}</span>
          {key.startsWith('addr:') ? null : <span className="text-muted">from {peer}</span>}
          <Badge tone={reason === 'capped' ? 'low' : 'medium'}>{reason === 'capped' ? 'Too many' : 'Ambiguous'}</Badge>
        </p>
        <p className="text-xs text-muted">
          {REASONS[reason] ?? reason} {plural(eventsTotal, 'line')}, first <RelativeTime at={firstSeenAt} />, last{' '}
          <RelativeTime at={lastSeenAt} />
        </p>
        <pre className="overflow-x-auto rounded bg-sunken px-2 py-1.5 font-mono text-xs leading-5">
          {samples.join('\n')}
        </pre>
      </div>
      <div className="flex w-full flex-col items-start gap-1.5 sm:w-64">
        {decision === null ? (
          <Candidates sender={sender} />
        ) : (
          <p className="text-xs text-muted">
            {decision.status === 'ignored' ? 'Ignored as ' : 'These are lines of '}
            <Link
              to="/devices/$deviceId"
              params={{ deviceId: decision.deviceId }}
              className="font-medium text-fg hover:underline"
            >
              {decision.name}
            </Link>
            {decision.peer === null ? ', wherever they come from' : ''}.
            {sender.isSettled ? '' : ' Earlier lines are being moved.'}
          </p>
        )}
        {mayDecide ? <Decisions sender={sender} /> : <span className="text-xs text-faint">An operator decides</span>}
      </div>
    </li>
  );
}

const WHY = { key: 'had this sender before', name: 'has this name', address: 'is at this address' } as const;

function Candidates({ sender }: { sender: UnattributedSender }) {
  if (sender.candidates.length === 0) return <p className="text-xs text-faint">No known device is like it.</p>;
  return (
    <ul className="space-y-0.5 text-xs text-muted">
      {sender.candidates.slice(0, 3).map(({ deviceId, name, why }) => (
        <li key={deviceId}>
          <Link to="/devices/$deviceId" params={{ deviceId }} className="font-medium text-fg hover:underline">
            {name}
          </Link>{' '}
          {WHY[why]}
        </li>
      ))}
    </ul>
  );
}

function Decisions({ sender }: { sender: UnattributedSender }) {
  const undo = useDecideSender(sender);
  if (sender.decision === null) return <DecideSenderDialog sender={sender} name={nameOf(sender)} />;
  return (
    <>
      <Button size="sm" disabled={undo.isPending} onClick={() => undo.mutate({ decision: 'undo' })}>
        Take back
      </Button>
      {undo.error === null ? null : <ErrorLine error={undo.error} />}
    </>
  );
}
