import { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './index.mjs';
import { ensureCertificate, ownNames } from './certificate.mjs';

const DAY_MS = 24 * 3_600_000;
const said: string[] = [];
const make = (folder: string, names = ['localhost', 'gw.example', '127.0.0.1', '::1'], now = Date.now()) =>
  ensureCertificate(folder, { names, now, say: (text) => said.push(text) });

describe('the certificate of the TLS listener', () => {
  it('is one that a client who trusts the authority takes for every name of this machine', async () => {
    const files = await make(temporaryFolder('tls'));
    const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => readFileSync(file, 'utf8'));
    const server = createServer({ cert: cert!, key: key! }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (const servername of ['localhost', 'gw.example']) {
      const isAuthorized = await new Promise<boolean>((resolve, reject) => {
        const client = connect({ port, host: '127.0.0.1', ca: ca!, servername }, () => {
          resolve(client.authorized);
          client.destroy();
        }).on('error', reject);
      });
      expect(isAuthorized).toBe(true);
    }
    await new Promise((resolve) => server.close(resolve));
    const leaf = new X509Certificate(cert!);
    expect([leaf.checkIP('127.0.0.1'), leaf.checkIP('::1'), leaf.checkHost('other.example')]).toEqual([
      '127.0.0.1',
      '::1',
      undefined,
    ]);
    expect(leaf.ca).toBe(false);
  });

  it('and its keys are for this account only', async () => {
    const folder = temporaryFolder('tls');
    await make(folder);
    for (const name of ['server.key', 'ca.key']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  it('is made once, and anew under the same authority where names are missing, it runs out or its key is lost', async () => {
    const folder = temporaryFolder('tls');
    const files = await make(folder);
    const read = () => [files.ca, files.cert].map((file) => readFileSync(file, 'utf8'));
    const [ca, first] = read();
    await make(folder);
    expect(read()).toEqual([ca, first]);
    await make(folder, ['localhost', 'new.example']);
    const [, second] = read();
    expect(second).not.toBe(first);
    rmSync(files.key);
    await make(folder, ['localhost']);
    const [, third] = read();
    expect(third).not.toBe(second);
    await make(folder, ['localhost'], Date.now() + 1_500 * DAY_MS);
    const [sameCa, fourth] = read();
    expect([sameCa, fourth === third]).toEqual([ca, false]);
    expect(new X509Certificate(fourth!).verify(new X509Certificate(ca!).publicKey)).toBe(true);
  });

  it('gets a new authority, which is said, where the old one cannot sign any more', async () => {
    const folder = temporaryFolder('tls');
    const files = await make(folder);
    const ca = readFileSync(files.ca, 'utf8');
    writeFileSync(join(folder, 'ca.key'), 'broken');
    await make(folder);
    expect(readFileSync(files.ca, 'utf8')).toBe(ca);
    said.length = 0;
    await make(folder, ['other.example']);
    expect(readFileSync(files.ca, 'utf8')).not.toBe(ca);
    expect(said.join()).toContain(`senders need the new ${files.ca}`);
  });

  it('names this machine', () => {
    const names = ownNames(' logs.example ,198.51.100.7,, not a name');
    expect(names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1', 'logs.example', '198.51.100.7']));
    expect(names).not.toContain('not a name');
    expect(names).toEqual(expect.arrayContaining([hostname().toLowerCase()]));
  });
});
