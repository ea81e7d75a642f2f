/** Real syslog daemons that forward what is written to their own socket: how each is configured and run. */
import { findSender } from '@opmas/embedded';
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where and how a daemon forwards. `octet-counted` messages are RFC 5424's, the others RFC 3164's. */
export interface Route {
  port: number;
  protocol: 'udp' | 'tcp' | 'tls';
  framing: 'lf' | 'octet-counted';
  /** Authority of the receiver's certificate, a PEM file; for TLS. */
  caFile?: string;
}

/** A running daemon, and the Unix datagram socket that it reads. */
export interface SenderDaemon {
  socket: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 15_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Launch {
  command: string;
  args: string[];
  env?: Record<string, string>;
  folder: string;
  socket: (pid: number) => string;
}

async function launch({ command, args, env, folder, socket }: Launch): Promise<SenderDaemon> {
  const child: ChildProcess = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const path = socket(child.pid ?? 0);
  const stop = async (): Promise<void> => {
    child.kill();
    const force = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(force);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!existsSync(path)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${command} did not open ${path}: ${said}`);
    }
    await sleep(20);
  }
  return { socket: path, stop };
}

const folderOf = (name: string): string => mkdtempSync(join(tmpdir(), `opmas-${name}-`));

/** rsyslog, its messages taken from a socket of their own and forwarded by omfwd. */
async function startRsyslog(route: Route): Promise<SenderDaemon> {
  const rsyslog = findSender('rsyslog');
  if (rsyslog.path === null) throw new Error(rsyslog.reason);
  const folder = folderOf('rsyslog');
  const socket = join(folder, 'log');
  const isCounted = route.framing === 'octet-counted';
  const driver = 'StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name"';
  const tls = route.protocol === 'tls' ? `${driver} StreamDriverPermittedPeers="localhost"` : '';
  writeFileSync(
    join(folder, 'conf'),
    `global(workDirectory="${folder}"${route.caFile ? ` defaultNetstreamDriverCAFile="${route.caFile}"` : ''})
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}" RateLimit.Interval="0")
action(type="omfwd" Target="127.0.0.1" Port="${route.port}" Protocol="${route.protocol === 'udp' ? 'udp' : 'tcp'}"
  TCP_Framing="${isCounted ? 'octet-counted' : 'traditional'}"
  Template="${isCounted ? 'RSYSLOG_SyslogProtocol23Format' : 'RSYSLOG_TraditionalForwardFormat'}" ${tls}
  queue.type="LinkedList" queue.size="50000" action.resumeRetryCount="-1")
`,
  );
  const args = ['-n', '-f', join(folder, 'conf'), '-i', join(folder, 'pid'), ...rsyslog.args];
  return launch({ command: rsyslog.path, args, env: rsyslog.env, folder, socket: () => socket });
}

/** syslog-ng: `network()` writes RFC 3164 ended by LF, `syslog()` counts octets of RFC 5424. */
async function startSyslogNg(route: Route): Promise<SenderDaemon> {
  const syslogNg = findSender('syslog-ng');
  if (syslogNg.path === null) throw new Error(syslogNg.reason);
  const folder = folderOf('syslog-ng');
  const socket = join(folder, 'log');
  const driver = route.framing === 'octet-counted' ? 'syslog' : 'network';
  const tls = route.caFile ? `tls(ca-file("${route.caFile}") peer-verify(required-trusted))` : '';
  writeFileSync(
    join(folder, 'conf'),
    `@version: 3.35
options { stats-freq(0); keep-hostname(yes); };
source s { unix-dgram("${socket}" so-rcvbuf(1048576) log-iw-size(10000)); };
destination d { ${driver}("127.0.0.1" port(${route.port}) transport("${route.protocol}") log-fifo-size(50000) ${tls}); };
log { source(s); destination(d); flags(flow-control); };
`,
  );
  const state = ['-p', join(folder, 'pid'), '-c', join(folder, 'ctl'), '-R', join(folder, 'persist')];
  const args = ['-F', '--no-caps', '-f', join(folder, 'conf'), ...state, ...syslogNg.args];
  return launch({ command: syslogNg.path, args, env: syslogNg.env, folder, socket: () => socket });
}

/** busybox reads /dev/log and nothing else, so it gets a /dev of its own, which needs a mount namespace. */
async function startBusybox(route: Route): Promise<SenderDaemon> {
  const folder = folderOf('busybox');
  const script = `mount -t tmpfs none /dev && mknod /dev/null c 1 3 &&
    exec busybox syslogd -n -O ${join(folder, 'messages')} -R 127.0.0.1:${route.port}`;
  return launch({
    command: 'unshare',
    args: ['--mount', 'sh', '-c', script],
    folder,
    socket: (pid) => `/proc/${pid}/root/dev/log`,
  });
}

/** Daemon → how it is started, and why it cannot be run on this machine (null: it can). */
export const DAEMONS = {
  busybox: {
    start: startBusybox,
    absence: () => {
      try {
        const script = 'mount -t tmpfs none /dev && busybox --list | grep -qx syslogd';
        execFileSync('unshare', ['--mount', 'sh', '-c', script], { stdio: 'ignore' });
        return null;
      } catch {
        return 'no busybox with syslogd here, or a mount namespace is not permitted';
      }
    },
  },
  rsyslog: { start: startRsyslog, absence: () => reasonOf('rsyslog') },
  'syslog-ng': { start: startSyslogNg, absence: () => reasonOf('syslog-ng') },
} as const;

function reasonOf(name: 'rsyslog' | 'syslog-ng'): string | null {
  const sender = findSender(name);
  return sender.path === null ? sender.reason : null;
}
