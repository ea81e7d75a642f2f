import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { ErrorLine } from '../../../components/state-pane.js';
import { Button } from '../../../components/ui/button.js';
import { Dialog, DialogClose, DialogContent, DialogFooter, DialogTrigger } from '../../../components/ui/dialog.js';
import { Field, Input, Textarea } from '../../../components/ui/input.js';
import { Select } from '../../../components/ui/select.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { useSetSshConnection } from '../api/set-ssh-connection.js';
import { parseSshForm } from '../ssh-form.js';
import type { SshForm } from '../ssh-form.js';

export function SshDialog({ device }: { device: DeviceSummary }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button>
          <KeyRound />
          {device.sshConfigured ? 'Replace' : 'Set up'}
        </Button>
      </DialogTrigger>
      <DialogContent
        title="SSH connection"
        description="How approved actions reach this router. The credential is sealed before it is stored, and never shown again."
      >
        <SshConnectionForm device={device} onDone={() => setIsOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function initialForm(device: DeviceSummary): SshForm {
  const { ssh } = device;
  return {
    host: ssh?.host ?? '',
    port: String(ssh?.port ?? 22),
    user: ssh?.user ?? 'root',
    hostKeys: ssh?.hostKeys.join('\n') ?? '',
    method: 'privateKey',
    secret: '',
  };
}

const METHODS = [
  { value: 'privateKey', label: 'Private key' },
  { value: 'password', label: 'Password' },
] as const;

function SshConnectionForm({ device, onDone }: { device: DeviceSummary; onDone: () => void }) {
  const [form, setForm] = useState(() => initialForm(device));
  const [fault, setFault] = useState<string | null>(null);
  const save = useSetSshConnection(device.id, onDone);
  const set = (change: Partial<SshForm>) => setForm({ ...form, ...change });
  const submit = () => {
    const parsed = parseSshForm(form);
    setFault(parsed.ok ? null : parsed.fault);
    if (parsed.ok) save.mutate(parsed.connection);
  };
  return (
    <form
      className="flex min-h-0 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="space-y-3 overflow-y-auto px-4 pt-1 pb-4">
        <AddressFields form={form} onChange={set} />
        <SecretField form={form} onChange={set} />
        {fault === null ? null : (
          <p role="alert" className="text-critical">
            {fault}
          </p>
        )}
        {save.error === null ? null : <ErrorLine error={save.error} />}
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="ghost">Cancel</Button>
        </DialogClose>
        <Button type="submit" variant="primary" disabled={save.isPending}>
          Save connection
        </Button>
      </DialogFooter>
    </form>
  );
}

interface FieldsProps {
  form: SshForm;
  onChange: (change: Partial<SshForm>) => void;
}

function AddressFields({ form, onChange }: FieldsProps) {
  return (
    <>
      <div className="grid grid-cols-[1fr_5.5rem] gap-3">
        <Field label="Host">
          <Input
            required
            placeholder="192.0.2.1 or a name"
            value={form.host}
            onChange={(event) => onChange({ host: event.target.value })}
          />
        </Field>
        <Field label="Port">
          <Input
            required
            inputMode="numeric"
            value={form.port}
            onChange={(event) => onChange({ port: event.target.value })}
          />
        </Field>
      </div>
      <Field label="User">
        <Input
          required
          value={form.user}
          autoComplete="off"
          onChange={(event) => onChange({ user: event.target.value })}
        />
      </Field>
      <Field
        label="Host keys"
        hint="One fingerprint a line, as ssh-keyscan HOST | ssh-keygen -lf - prints it. A router with another key is refused."
      >
        <Textarea
          required
          spellCheck={false}
          className="min-h-14 font-mono text-xs"
          placeholder="SHA256:..."
          value={form.hostKeys}
          onChange={(event) => onChange({ hostKeys: event.target.value })}
        />
      </Field>
    </>
  );
}

function SecretField({ form, onChange }: FieldsProps) {
  return (
    <div>
      <div className="mb-1.5">
        <Select
          label="Sign in by"
          value={form.method}
          options={METHODS}
          onChange={(method) => onChange({ method, secret: '' })}
        />
      </div>
      {form.method === 'privateKey' ? (
        <Textarea
          required
          aria-label="Private key"
          spellCheck={false}
          autoComplete="off"
          className="min-h-24 font-mono text-xs"
          placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
          value={form.secret}
          onChange={(event) => onChange({ secret: event.target.value })}
        />
      ) : (
        <Input
          required
          type="password"
          aria-label="Password"
          autoComplete="new-password"
          value={form.secret}
          onChange={(event) => onChange({ secret: event.target.value })}
        />
      )}
    </div>
  );
}
