/** The SSH form's text as a connection, or what is wrong with it. */
import type { SshConnection } from './api/set-ssh-connection.js';

export interface SshForm {
  host: string;
  port: string;
  user: string;
  /** One fingerprint a line; `ssh-keygen -l`'s whole lines will do. */
  hostKeys: string;
  method: 'privateKey' | 'password';
  secret: string;
}

const FINGERPRINT = /SHA256:[A-Za-z0-9+/]{43}/;

export function parseSshForm(form: SshForm): { ok: true; connection: SshConnection } | { ok: false; fault: string } {
  const port = Number(form.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return { ok: false, fault: 'The port must be a number from 1 to 65535.' };
  const lines = form.hostKeys.split('\n').filter((line) => line.trim() !== '');
  const hostKeys = lines.map((line) => FINGERPRINT.exec(line)?.[0]);
  const wrong = hostKeys.indexOf(undefined);
  if (hostKeys.length === 0) return { ok: false, fault: 'At least one host key is needed.' };
  if (wrong >= 0) return { ok: false, fault: `Line ${wrong + 1} of the host keys holds no SHA256 fingerprint.` };
  return {
    ok: true,
    connection: {
      host: form.host.trim(),
      port,
      user: form.user.trim(),
      hostKeys: hostKeys.filter((key) => key !== undefined),
      // A key's text ends with a line break, or some parsers refuse it.
      [form.method]: form.method === 'privateKey' ? `${form.secret.trim()}\n` : form.secret,
    },
  };
}
