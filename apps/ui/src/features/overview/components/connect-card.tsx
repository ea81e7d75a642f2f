import { CopyButton } from '../../../components/copy-button.js';
import { Card, CardHeader } from '../../../components/ui/card.js';

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

/** The address under which a router may reach this machine; the browser's own view of it, where that is not loopback. */
function addressForRouters(): string {
  const { hostname } = window.location;
  return LOCAL_NAMES.has(hostname) ? 'ADDRESS-OF-THIS-MACHINE' : hostname;
}

/** Shown until the first device is heard: what to type on a router. */
export function ConnectCard() {
  const lines = [
    `uci set system.@system[0].log_ip='${addressForRouters()}'`,
    "uci set system.@system[0].log_port='5514'",
    "uci set system.@system[0].log_proto='tcp'",
    'uci commit system',
    '/etc/init.d/log restart',
  ];
  return (
    <Card>
      <CardHeader title="Connect a router" note="it appears here with its first line" />
      <div className="px-4 py-3">
        <p className="mb-2 text-muted">On the router, as root:</p>
        <div className="relative rounded-md border bg-sunken">
          <pre className="overflow-x-auto px-3 py-2 pr-10 font-mono text-xs leading-5">{lines.join('\n')}</pre>
          <CopyButton label="Copy the commands" text={lines.join('\n')} className="absolute top-1 right-1" />
        </div>
      </div>
    </Card>
  );
}
