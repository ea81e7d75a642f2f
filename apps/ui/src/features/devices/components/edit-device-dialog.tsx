import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ErrorLine } from '../../../components/state-pane.js';
import { Button } from '../../../components/ui/button.js';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../../../components/ui/dialog.js';
import { Field, Input } from '../../../components/ui/input.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { useChangeDevice } from '../api/change-device.js';

export function EditDeviceDialog({ device }: { device: DeviceSummary }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button>
          <Pencil />
          Edit
        </Button>
      </DialogTrigger>
      <DialogContent title="Edit device">
        <EditForm device={device} onDone={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function EditForm({ device, onDone }: { device: DeviceSummary; onDone: () => void }) {
  const [name, setName] = useState(device.name);
  const [timeZone, setTimeZone] = useState(device.timeZone ?? '');
  const [labels, setLabels] = useState<[string, string][]>(Object.entries(device.labels));
  const change = useChangeDevice(device.id, onDone);
  const submit = () => {
    const given = labels.map(([key, value]) => [key.trim(), value.trim()] as const).filter(([key]) => key !== '');
    change.mutate({
      name: name.trim(),
      timeZone: timeZone.trim() === '' ? null : timeZone.trim(),
      labels: Object.fromEntries(given),
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="space-y-3 px-4 pt-1 pb-4">
        <Field label="Name">
          <Input required maxLength={120} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Time zone" hint="For lines whose time names no zone. Empty: the listener's default.">
          <Input value={timeZone} placeholder="Europe/Berlin" onChange={(event) => setTimeZone(event.target.value)} />
        </Field>
        <LabelsEditor labels={labels} onChange={setLabels} />
        {change.error === null ? null : <ErrorLine error={change.error} />}
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="ghost">Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" disabled={change.isPending}>
          Save
        </Button>
      </DialogFooter>
    </form>
  );
}

interface LabelsEditorProps {
  labels: [string, string][];
  onChange: (labels: [string, string][]) => void;
}

function LabelsEditor({ labels, onChange }: LabelsEditorProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-xs font-medium text-muted">Labels</legend>
      <div className="space-y-1.5">
        {labels.map(([name, value], index) => (
          <div key={index} className="flex gap-1.5">
            <Input
              aria-label="Label"
              placeholder="site"
              value={name}
              onChange={(event) => onChange(labels.with(index, [event.target.value, value]))}
            />
            <Input
              aria-label="Value"
              placeholder="Leipzig"
              value={value}
              onChange={(event) => onChange(labels.with(index, [name, event.target.value]))}
            />
            <Button
              variant="ghost"
              size="icon"
              aria-label={`Remove label ${name}`}
              onClick={() => onChange(labels.toSpliced(index, 1))}
            >
              <Trash2 />
            </Button>
          </div>
        ))}
        <Button size="sm" onClick={() => onChange([...labels, ['', '']])}>
          <Plus />
          Add a label
        </Button>
      </div>
    </fieldset>
  );
}
