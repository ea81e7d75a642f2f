import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorLine } from '../../../components/state-pane.js';
import { Button } from '../../../components/ui/button.js';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../../../components/ui/dialog.js';
import { Field, Input } from '../../../components/ui/input.js';
import { Select } from '../../../components/ui/select.js';
import type { DeviceSummary, UnattributedSender } from '../../../lib/api/resources.js';
import { devicesQuery } from '../../../lib/devices.js';
import { useDecideSender } from '../api/decide-sender.js';

interface DialogProps {
  sender: UnattributedSender;
  name: string;
}

/** Whose the lines are: a known device's, a new one's, or nobody's who matters. */
export function DecideSenderDialog({ sender, name }: DialogProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button size="sm">Decide</Button>
      </DialogTrigger>
      <DialogContent
        title={`Whose lines are these: ${name} from ${sender.peer}?`}
        description="The answer holds for what comes, and for what has come: earlier lines are moved to the device."
      >
        <DecisionForm sender={sender} name={name} onDone={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

type Kind = 'bind' | 'new' | 'ignore';

const KINDS = [
  { value: 'bind', label: 'A known device' },
  { value: 'new', label: 'A new device' },
  { value: 'ignore', label: 'Ignore this sender' },
] as const;

const NO_DEVICES: DeviceSummary[] = [];

/** Those that speak for themselves first, then all others by name. */
function choices(sender: UnattributedSender, devices: readonly DeviceSummary[]) {
  const likely = sender.candidates.map(({ deviceId }) => deviceId);
  const rank = (id: string) => (likely.includes(id) ? likely.indexOf(id) : likely.length);
  return devices
    .filter(({ status }) => status !== 'ignored')
    .toSorted((a, b) => rank(a.id) - rank(b.id) || (a.name < b.name ? -1 : 1))
    .map(({ id, name }) => ({ value: id, label: name }));
}

function DecisionForm({ sender, name: senderName, onDone }: DialogProps & { onDone: () => void }) {
  const { data: devices = NO_DEVICES } = useQuery(devicesQuery());
  const options = choices(sender, devices);
  const [kind, setKind] = useState<Kind>(sender.candidates.length > 0 ? 'bind' : 'new');
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState(`${senderName} at ${sender.peer}`);
  const [anyAddress, setAnyAddress] = useState(false);
  const decide = useDecideSender(sender, onDone);
  const deviceId = chosen ?? options[0]?.value ?? null;
  const submit = () => {
    if (kind !== 'bind') decide.mutate({ decision: kind, name: name.trim(), anyAddress });
    else if (deviceId !== null) decide.mutate({ decision: 'bind', deviceId, anyAddress });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="space-y-3 px-4 pt-1 pb-4">
        <Select label="Decision" value={kind} options={KINDS} onChange={setKind} className="w-full" />
        {kind === 'bind' ? (
          <Select label="Device" value={deviceId ?? ''} options={options} onChange={setChosen} className="w-full" />
        ) : (
          <Field label="Name">
            <Input required maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        )}
        <AddressScope name={senderName} isAny={anyAddress} onChange={setAnyAddress} />
        {decide.error === null ? null : <ErrorLine error={decide.error} />}
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="ghost">Cancel</Button>
        </DialogClose>
        <Button
          type="submit"
          variant={kind === 'ignore' ? 'danger' : 'primary'}
          disabled={decide.isPending || (kind === 'bind' ? deviceId === null : name.trim() === '')}
        >
          {kind === 'ignore' ? 'Ignore' : 'Decide'}
        </Button>
      </DialogFooter>
    </form>
  );
}

interface AddressScopeProps {
  name: string;
  isAny: boolean;
  onChange: (isAny: boolean) => void;
}

function AddressScope({ name, isAny, onChange }: AddressScopeProps) {
  return (
    <label className="flex items-start gap-2">
      <input
        type="checkbox"
        className="mt-1 accent-accent"
        checked={isAny}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        For every address that sends as {name}
        <span className="block text-xs text-faint">Only where no other router can have this name.</span>
      </span>
    </label>
  );
}
