/** TLS, client certificates and the PROXY protocol: real sockets to a real ingestor, records read from a real nats-server. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { RawRecord } from '@opmas/contracts';
import { TestAuthority, selfSigned } from './certificates.js';
import type { Pem } from './certificates.js';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { readRaw } from './raw-stream.js';

jest.setTimeout(60_000);

let nats: NatsServer;
let authority: TestAuthority;
let server: Pem;
let directory: string;
const processes: IngestorProcess[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  nats = await NatsServer.start();
  authority = await TestAuthority.create('servers');
  server = await authority.server();
});
afterAll(() => nats.remove());

/** For a group of tests: a folder with the files of a server, and the end of what was started on it. */
function inFolder(): void {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'ingestor-tls-'));
    write('server.pem', server.cert);
    write('server.key', server.key);
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
  afterAll(async () => {
    for (const child of processes.splice(0)) await child.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
}

const file = (name: string): string => join(directory, name);

/** Written aside and renamed, as those who renew certificates do. */
function write(name: string, text: string): void {
  writeFileSync(file(`${name}.new`), text);
  renameSync(file(`${name}.new`), file(name));
}

interface Started {
  child: IngestorProcess;
  ports: Ports;
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const child = new IngestorProcess({
    NATS_URL: nats.url,
    OPMAS_JOURNAL_DIR: join(directory, 'journal'),
    SYSLOG_HOST: '::',
    SYSLOG_TLS_CERT_FILE: file('server.pem'),
    SYSLOG_TLS_KEY_FILE: file('server.key'),
    SYSLOG_TLS_RELOAD_MS: '50',
    ...env,
  });
  processes.push(child);
  const ports = await child.ports();
  await child.logged('ready');
  return { child, ports };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Every test marks its lines with a word of its own, for all share a stream. */
async function records(mark: string, count: number): Promise<RawRecord[]> {
  let found: RawRecord[] = [];
  await until(`${count} lines with "${mark}" are stored`, async () => {
    found = (await readRaw(nats.url)).flatMap((frame) => frame.records).filter(({ raw }) => raw.includes(mark));
    return found.length >= count;
  });
  return found;
}

const refused = (ports: Ports, what: string): Promise<number> => metric(ports, `refused_total{what="${what}"`);
const line = (text: string): string => `<13>Nov 23 20:35:17 gw app: ${text}`;
const counted = (text: string): string => `${Buffer.byteLength(line(text))} ${line(text)}`;

function tcp(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host }, () => resolve(socket));
    socket.on('error', reject);
    sockets.push(socket);
  });
}

/** A secured connection to a server whose certificate the client has verified. */
function tls(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = options.socket ? { servername: 'localhost' } : { port, host: '127.0.0.1' };
    const socket = connectTls({ ca: authority.pem, ...name, ...options }, () => resolve(socket));
    socket.on('error', reject);
    sockets.push(socket);
  });
}

function send(socket: Socket, data: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.on('close', () => resolve()).on('error', () => {});
    socket.resume().end(data);
  });
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else
      socket
        .on('close', () => resolve())
        .on('error', () => {})
        .resume();
  });

describe('TLS', () => {
  inFolder();
  let child: IngestorProcess;
  let ports: Ports;
  beforeAll(async () => ({ child, ports } = await start()));

  it('takes octet-counted and LF framed lines, over IPv4 and IPv6, and keeps what its end cuts', async () => {
    await send(await tls(ports.tls), `${counted('basic 1')}${counted('basic 2')}${line('basic 3')}\n`);
    await send(await tls(ports.tls, { host: '::1' }), `${line('basic 4')}\n${line('basic 5')}`);
    await send(await tcp(ports.tcp, '::1'), `${line('basic 6')}\n`);
    await send(await tcp(ports.tcp), `${counted('basic 7')}`);
    const found = (await records('basic', 7)).sort((a, b) => a.raw.localeCompare(b.raw));
    expect(found.map(({ raw, transport, peer, partial }) => [raw, transport, peer, partial ?? false])).toEqual([
      [line('basic 1'), 'tls', '127.0.0.1', false],
      [line('basic 2'), 'tls', '127.0.0.1', false],
      [line('basic 3'), 'tls', '127.0.0.1', false],
      [line('basic 4'), 'tls', '::1', false],
      [line('basic 5'), 'tls', '::1', true],
      [line('basic 6'), 'tcp', '::1', false],
      [line('basic 7'), 'tcp', '127.0.0.1', false],
    ]);
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(['host:gw']));
    await until('all connections are gone', async () => (await metric(ports, 'tcp_connections')) === 0);
    expect(await metric(ports, 'tls_certificate_expiry_seconds')).toBeGreaterThan(Date.now() / 1000 + 59 * 86_400);
  });

  it('refuses what is no TLS, and what is older than TLS 1.2, and says so at a rate that can be read', async () => {
    for (let i = 0; i < 30; i++) await send(await tcp(ports.tls), `${line('plain')}\n`);
    await until('they are counted', async () => (await refused(ports, 'handshake')) === 30);
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(tls(ports.tls, old)).rejects.toThrow();
    await until('it is counted', async () => (await refused(ports, 'handshake')) === 31);
    const told = child.log.filter(({ msg }) => msg.includes('a connection was refused')) as { peer?: string }[];
    expect(told).toHaveLength(2);
    expect(told.map(({ peer }) => peer)).toEqual(['127.0.0.1', '127.0.0.1']);
    // Who only looks whether the port is open is no failure.
    await send(await tcp(ports.tls), '');
    await send(await tls(ports.tls), `${line('after the refused')}\n`);
    await records('after the refused', 1);
    expect(await metric(ports, 'refused_total')).toBe(31);
  });
});

describe('files that cannot be used', () => {
  inFolder();

  it('are named, and end the start', async () => {
    write('server.key', (await authority.server()).key);
    const child = new IngestorProcess({
      NATS_URL: nats.url,
      OPMAS_JOURNAL_DIR: join(directory, 'journal'),
      SYSLOG_TLS_CERT_FILE: file('server.pem'),
      SYSLOG_TLS_KEY_FILE: file('server.key'),
    });
    processes.push(child);
    expect((await child.ended).code).toBe(1);
    expect(child.output).toContain(`${file('server.key')} (SYSLOG_TLS_KEY_FILE) is not the key of the certificate`);
  });
});

describe('the certificate', () => {
  inFolder();

  it('is taken from changed files while a connection stands, and goes on where the new files are broken', async () => {
    const { child, ports } = await start();
    const standing = await tls(ports.tls);
    const shown = async (): Promise<string> => (await tls(ports.tls)).getPeerCertificate().fingerprint256;
    const first = await shown();
    standing.write(`${line('reload 1')}\n`);
    const second = await authority.server(20);
    write('server.pem', second.cert);
    write('server.key', second.key);
    await child.logged('the certificate of the TLS listener was changed');
    const afterChange = await shown();
    expect(afterChange).not.toBe(first);
    await child.logged('expires in 19 days');
    standing.write(`${line('reload 2')}\n`);

    write('server.pem', 'no certificate at all');
    await child.logged(`${file('server.pem')} (SYSLOG_TLS_CERT_FILE) cannot be used`);
    expect(await shown()).toBe(afterChange);
    rmSync(file('server.pem'));
    await child.logged(`${file('server.pem')} (SYSLOG_TLS_CERT_FILE) cannot be read`);
    expect(await shown()).toBe(afterChange);
    expect(await metric(ports, 'tls_certificate_reloads_total{result="refused"')).toBe(2);

    write('server.pem', server.cert);
    write('server.key', server.key);
    await until('the first one is back', async () => (await shown()) === first);
    await send(standing, `${line('reload 3')}\n`);
    expect((await records('reload', 3)).map(({ raw }) => raw)).toEqual([1, 2, 3].map((i) => line(`reload ${i}`)));
  });
});

async function startMutual(env: Record<string, string> = {}): Promise<Started & { fleet: TestAuthority; pinned: Pem }> {
  const fleet = await TestAuthority.create('fleet');
  const pinned = await selfSigned('Pinned-GW');
  write('fleet.pem', `${fleet.pem}\n${pinned.cert}`);
  return { fleet, pinned, ...(await start({ SYSLOG_TLS_CA_FILE: file('fleet.pem'), ...env })) };
}

describe('a client certificate', () => {
  inFolder();
  let child: IngestorProcess;
  let ports: Ports;
  let fleet: TestAuthority;
  let pinned: Pem;
  beforeAll(async () => ({ child, ports, fleet, pinned } = await startMutual({ SYSLOG_TLS_RELAYS: 'relay' })));

  it('is required and is the identity of its sender, whatever address and hostname the lines have', async () => {
    const mark = 'mutual';
    for (const pem of [
      await fleet.issue([{ CN: ['GW-Berlin-03'] }]),
      await fleet.issue([{ O: ['Example'] }], { names: [{ type: 'dns', value: 'attic.example' }] }),
      await fleet.issue([{ CN: ['relay'] }]),
      pinned,
    ]) {
      await send(await tls(ports.tls, pem), `${line(mark)}\n`);
    }
    const found = await records(mark, 4);
    expect(found.map(({ key }) => key).sort()).toEqual([
      'host:gw',
      'tls:attic.example',
      'tls:gw-berlin-03',
      'tls:pinned-gw',
    ]);
  });

  it('of another authority, expired, for servers, or missing is refused with its reason', async () => {
    const stranger = await TestAuthority.create('fleet');
    const bad: ConnectionOptions[] = [
      await stranger.issue([{ CN: ['gw'] }]),
      await fleet.issue([{ CN: ['gw'] }], { days: -1 }),
      await authority.server(),
      await selfSigned('gw'),
      {},
    ];
    for (const [index, options] of bad.entries()) {
      const socket = await tls(ports.tls, options);
      socket.write(`${line('stranger')}\n`);
      await closed(socket);
      await until('it is counted', async () => (await refused(ports, 'client_certificate')) === index + 1);
    }
    expect(child.output).toContain('its client certificate is refused: CERT_HAS_EXPIRED');
    expect(child.output).toContain('it has no client certificate');
    await send(await tls(ports.tls, await fleet.issue([{ CN: ['gw'] }])), `${line('no stranger')}\n`);
    expect((await records('stranger', 1)).map(({ key }) => key)).toEqual(['tls:gw']);
  });

  it('is checked against the authorities of the moment', async () => {
    const pem = await fleet.issue([{ CN: ['gw'] }]);
    await send(await tls(ports.tls, pem), `${line('before the change')}\n`);
    write('fleet.pem', (await TestAuthority.create('others')).pem);
    await child.logged('was changed');
    const before = await refused(ports, 'client_certificate');
    const socket = await tls(ports.tls, pem);
    await closed(socket);
    await until('it is counted', async () => (await refused(ports, 'client_certificate')) > before);
    await records('before the change', 1);
  });
});

describe('a client certificate that is optional', () => {
  inFolder();

  it('may be missing, but not be wrong', async () => {
    const { fleet, ports } = await startMutual({ SYSLOG_TLS_CLIENT_AUTH: 'optional' });
    await send(await tls(ports.tls), `${line('optional')}\n`);
    await send(await tls(ports.tls, await fleet.issue([{ CN: ['gw-1'] }])), `${line('optional')}\n`);
    const wrong = await tls(ports.tls, await selfSigned('gw-2'));
    wrong.write(`${line('optional')}\n`);
    await closed(wrong);
    await until('it is counted', async () => (await refused(ports, 'client_certificate')) === 1);
    expect((await records('optional', 2)).map(({ key }) => key).sort()).toEqual(['host:gw', 'tls:gw-1']);
  });
});

describe('the PROXY protocol', () => {
  const v2 = (body: string, command = 0x21, family = 0x11): Buffer =>
    Buffer.concat([
      Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
      Buffer.from([command, family, 0, body.length / 2]),
      Buffer.from(body, 'hex'),
    ]);
  inFolder();
  let child: IngestorProcess;
  let ports: Ports;
  beforeAll(async () => {
    const proxied = { SYSLOG_TCP_PROXY_PROTOCOL: '1', SYSLOG_TLS_PROXY_PROTOCOL: '1' };
    ({ child, ports } = await start({ ...proxied, OPMAS_PROXY_TRUSTED: '192.0.2.1, 127.0.0.0/8' }));
  });

  it('names the sender of a TCP connection, in one piece or byte by byte', async () => {
    const proxied = `<13>Nov 23 20:35:17 OpenWrt app: proxied`;
    const headers = [
      'PROXY TCP4 203.0.113.9 198.51.100.1 56634 5514\r\n',
      'PROXY TCP6 2001:DB8::9 ::1 1 2\r\n',
      'PROXY UNKNOWN\r\n',
      v2('cb00710ac6336401dd3a158a030004deadbeef'),
      v2('', 0x20, 0),
    ];
    for (const header of headers) {
      await send(await tcp(ports.tcp), Buffer.concat([Buffer.from(header), Buffer.from(`${proxied}\n`)]));
    }
    const slow = await tcp(ports.tcp);
    slow.setNoDelay(true);
    for (const byte of Buffer.from(`PROXY TCP4 203.0.113.11 198.51.100.1 7 5514\r\n${proxied}\n`)) {
      slow.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await send(slow, '');
    const found = await records('proxied', 6);
    expect(found.map(({ key, peer }) => `${key} ${peer}`).sort()).toEqual([
      'addr:127.0.0.1 127.0.0.1',
      'addr:127.0.0.1 127.0.0.1',
      'addr:2001:db8::9 2001:db8::9',
      'addr:203.0.113.10 203.0.113.10',
      'addr:203.0.113.11 203.0.113.11',
      'addr:203.0.113.9 203.0.113.9',
    ]);
    expect(found.find(({ peer }) => peer === '203.0.113.9')!.port).toBe(56_634);
  });

  it('comes before the TLS handshake, in one packet with it or not', async () => {
    const header = 'PROXY TCP4 203.0.113.9 198.51.100.1 56634 6514\r\n';
    const plain = await tcp(ports.tls);
    plain.write(header);
    await send(await tls(ports.tls, { socket: plain }), `${line('proxied tls')}\n`);
    const corked = await tcp(ports.tls);
    corked.cork();
    corked.write(v2('cb00710ac6336401dd3a158a'));
    const securing = tls(ports.tls, { socket: corked });
    corked.uncork();
    await send(await securing, `${counted('proxied tls')}`);
    const found = await records('proxied tls', 2);
    expect(found.map(({ peer, port }) => `${peer} ${port}`).sort()).toEqual([
      '203.0.113.10 56634',
      '203.0.113.9 56634',
    ]);
    expect(found.every(({ transport }) => transport === 'tls')).toBe(true);
  });

  it('is believed of trusted addresses only, and must be there and be right', async () => {
    const header = 'PROXY TCP4 203.0.113.9 198.51.100.1 56634 5514\r\n';
    for (const port of [ports.tcp, ports.tls]) {
      await send(await tcp(port, '::1'), `${header}${line('distrusted')}\n`);
    }
    await until('they are counted', async () => (await refused(ports, 'untrusted_proxy')) === 2);
    for (const bad of [`${line('distrusted')}\n`, 'PROXY TCP4 1.2.3\r\n', 'PROXY TCP4 1.2.3']) {
      await send(await tcp(ports.tcp), bad);
    }
    await send(await tcp(ports.tls), v2('cb00710a'));
    await until('they are counted', async () => (await refused(ports, 'proxy_header')) === 4);
    expect(child.output).toContain('it does not begin with a PROXY header');
    expect(child.output).toContain('it is not from a trusted proxy (OPMAS_PROXY_TRUSTED)');
    await send(await tcp(ports.tcp), `${header}${line('not distrusted')}\n`);
    expect(await records('distrusted', 1)).toHaveLength(1);
    expect(await metric(ports, 'tcp_connections')).toBe(0);
  });

  it('needs addresses to trust', async () => {
    const refusing = new IngestorProcess({ SYSLOG_TCP_PROXY_PROTOCOL: '1', SYSLOG_TLS_CLIENT_AUTH: 'required' });
    processes.push(refusing);
    expect((await refusing.ended).code).toBe(78);
    expect(refusing.output).toContain('OPMAS_PROXY_TRUSTED: the PROXY protocol needs');
    expect(refusing.output).toContain('SYSLOG_TLS_CA_FILE: SYSLOG_TLS_CLIENT_AUTH needs');
  });
});

describe('a TLS sender', () => {
  inFolder();

  it('is held back while the journal is nearly full and loses nothing, is closed when idle, and is one of a limited number', async () => {
    const { child, ports } = await start({
      OPMAS_JOURNAL_MAX_MIB: '1',
      OPMAS_JOURNAL_SEGMENT_MIB: '0.0625',
      OPMAS_JOURNAL_RETAIN_MS: '0',
      // Shorter than they are held back: who waits for us is not idle.
      OPMAS_TCP_IDLE_MS: '200',
      OPMAS_MAX_CONNECTIONS: '3',
    });
    await nats.kill();
    const count = 10_000;
    const lines = Array.from({ length: count }, (_, i) => line(`pressure ${i} ${'x'.repeat(60)}`));
    const sending = send(await tls(ports.tls), `${lines.join('\n')}\n`);
    await child.logged('held back');
    expect(await metric(ports, 'tcp_paused{transport="tls"')).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await metric(ports, 'accepted_records_total')).toBeLessThan(count);
    await nats.start();
    await sending;
    const found = (await records('pressure', count)).map(({ raw }) => raw);
    expect(found).toEqual(lines);
    // Now nobody is held back, and who is silent is idle; one connection more than the limit is refused.
    await closed(await tls(ports.tls));
    for (let i = 0; i < 3; i++) await tcp(ports.tls);
    await closed(await tcp(ports.tls));
    expect(await refused(ports, 'connection')).toBe(1);
  });
});
