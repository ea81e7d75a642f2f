import { DefinitionList } from '../../../components/definition-list.js';
import { Card, CardHeader } from '../../../components/ui/card.js';
import type { DeviceSummary } from '../../../lib/api/resources.js';
import { useMay } from '../../../lib/current-user.js';
import { SshDialog } from './ssh-dialog.js';

/** How actions reach the router. Only an admin sets it. */
export function SshCard({ device }: { device: DeviceSummary }) {
  const maySet = useMay('admin');
  const { ssh } = device;
  return (
    <Card>
      <CardHeader title="SSH connection">{maySet ? <SshDialog device={device} /> : null}</CardHeader>
      <div className="px-4 py-3">
        {ssh ? (
          <DefinitionList
            items={[
              ['Address', <span className="font-mono text-xs break-all">{`${ssh.user}@${ssh.host}:${ssh.port}`}</span>],
              [
                'Host keys',
                <ul className="space-y-0.5 font-mono text-xs leading-5">
                  {ssh.hostKeys.map((key) => (
                    <li key={key} className="break-all">
                      {key}
                    </li>
                  ))}
                </ul>,
              ],
            ]}
          />
        ) : (
          <p className="text-muted">
            {device.sshConfigured
              ? 'Set up. The credential is sealed and never shown.'
              : 'Not set up: approved actions cannot run on this router.'}
          </p>
        )}
      </div>
    </Card>
  );
}
