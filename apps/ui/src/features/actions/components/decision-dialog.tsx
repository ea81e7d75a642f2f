import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { CommandsView } from '../../../components/commands-view.js';
import { RelativeTime } from '../../../components/relative-time.js';
import { ErrorLine } from '../../../components/state-pane.js';
import { Button } from '../../../components/ui/button.js';
import { Dialog, DialogClose, DialogContent, DialogFooter } from '../../../components/ui/dialog.js';
import { Field, Textarea } from '../../../components/ui/input.js';
import type { Action } from '../../../lib/api/resources.js';
import { useMay } from '../../../lib/current-user.js';
import type { Verdict } from '../api/decide-action.js';
import { useDecideAction } from '../api/decide-action.js';

interface DecisionProps {
  action: Action;
  deviceName: string;
}

/** Approve and reject, each behind a dialog that asks why and shows what would run. Nothing for who may not decide. */
export function DecisionButtons({ action, deviceName }: DecisionProps) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const mayDecide = useMay('operator');
  if (action.status !== 'proposed') return null;
  if (!mayDecide) return <span className="text-xs text-faint">An operator decides</span>;
  return (
    <div className="flex shrink-0 gap-2">
      <Button variant="primary" onClick={() => setVerdict('approve')}>
        <Check />
        Approve
      </Button>
      <Button onClick={() => setVerdict('reject')}>
        <X />
        Reject
      </Button>
      <Dialog open={verdict !== null} onOpenChange={(isOpen) => setVerdict(isOpen ? verdict : null)}>
        {verdict === null ? null : (
          <DecisionForm action={action} deviceName={deviceName} verdict={verdict} onDone={() => setVerdict(null)} />
        )}
      </Dialog>
    </div>
  );
}

interface DecisionFormProps extends DecisionProps {
  verdict: Verdict;
  onDone: () => void;
}

const CLASS_NOTES: Readonly<Record<Action['class'], string>> = {
  read: 'It only reads.',
  converge: 'It changes the router, and running it again changes nothing more.',
  disrupt: 'It interrupts service while it runs, and must not run twice.',
  destroy: 'It cannot be undone.',
};

function DecisionForm({ action, deviceName, verdict, onDone }: DecisionFormProps) {
  const [reason, setReason] = useState('');
  const decide = useDecideAction(action.id, onDone);
  const isApproval = verdict === 'approve';
  const submit = () => {
    if (reason.trim() !== '') decide.mutate({ verdict, reason: reason.trim() });
  };
  return (
    <DialogContent
      title={isApproval ? 'Approve and run' : 'Reject'}
      description={
        <>
          <span className="font-medium text-fg">{action.title}</span> on {deviceName}.{' '}
          {isApproval ? CLASS_NOTES[action.class] : 'Nothing will run.'}
        </>
      }
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="space-y-3 overflow-y-auto px-4 pt-1 pb-4">
          {isApproval ? (
            <div>
              <p className="mb-1 text-xs font-medium text-muted">These commands run on the router, exactly</p>
              <CommandsView commands={action.commands} />
            </div>
          ) : null}
          <ReasonField
            reason={reason}
            onChange={setReason}
            onSubmit={submit}
            placeholder={isApproval ? 'The source is not one of ours' : 'It is our own scanner'}
          />
          {decide.error === null ? null : <ErrorLine error={decide.error} />}
          <p className="text-xs text-faint">
            The proposal expires <RelativeTime at={action.expiresAt} />.
          </p>
        </div>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button
            type="submit"
            variant={isApproval ? 'primary' : 'danger'}
            disabled={decide.isPending || reason.trim() === ''}
          >
            {isApproval ? 'Approve and run' : 'Reject'}
          </Button>
        </DialogFooter>
      </form>
    </DialogContent>
  );
}

interface ReasonFieldProps {
  reason: string;
  onChange: (reason: string) => void;
  onSubmit: () => void;
  placeholder: string;
}

function ReasonField({ reason, onChange, onSubmit, placeholder }: ReasonFieldProps) {
  return (
    <Field label="Reason" hint="Kept in the history, with your name.">
      <Textarea
        required
        autoFocus
        maxLength={1000}
        value={reason}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) onSubmit();
        }}
      />
    </Field>
  );
}
