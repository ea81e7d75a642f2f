/**
 * A router for tests: a real dropbear in a mount namespace of its own, in which root's account, /tmp, the shell and the
 * tools are those of a busybox system. Nothing of the machine itself is touched; with `isolated`, neither is its network.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { SshTarget } from '../shell/ssh.js';

/** Why no such router can run here; null where it can. */
export function whyNoRouter(options: { isolated?: boolean } = {}): string | null {
  for (const tool of ['/usr/sbin/dropbear', '/usr/bin/dropbearkey', '/bin/busybox', '/usr/bin/unshare']) {
    if (!existsSync(tool)) return `${tool} is not installed`;
  }
  if (process.getuid?.() !== 0) return 'namespaces need root';
  try {
    execFileSync('unshare', ['-m', 'mount', '--bind', '/bin/busybox', '/bin/busybox'], { stdio: 'ignore' });
    if (options.isolated)
      execFileSync('unshare', ['-n', 'nft', 'add', 'table', 'inet', 'opmas_probe'], { stdio: 'ignore' });
    return null;
  } catch {
    return options.isolated
      ? 'nft in a network namespace is not permitted here'
      : 'mount namespaces are not permitted here';
  }
}

export interface RouterHost {
  target: SshTarget;
  /** The key that `target` uses, for sealing. */
  credential: { privateKey: string };
  hostKeys: string[];
  /** A folder that is there on the machine and on the router under the same path. */
  folder: string;
  /** Of an isolated router: a second address of this machine, from which it can be attacked. */
  attacker: string | null;
  /** Runs a command on the router, beside SSH. */
  inside(...argv: string[]): string;
  /** Ends sshd and all that it started; runs that were detached go on. */
  stopSshd(): Promise<void>;
  startSshd(): Promise<void>;
  remove(): Promise<void>;
}

const APPLETS = ['start-stop-daemon', 'awk', 'head', 'wc', 'find', 'grep', 'mkdir', 'ln', 'mv', 'cat', 'rm', 'sleep'];

const NAMESPACE = `set -e
root=$1; isolated=$2
mount --bind "$root/passwd" /etc/passwd
mount --bind "$root/shells" /etc/shells
for t in ${APPLETS.join(' ')}; do
  p=$(command -v "$t") && mount --bind /bin/busybox "$(readlink -f "$p")"
done
[ "$isolated" = 1 ] && ip link set lo up
mount --bind /bin/busybox "$(readlink -f /bin/sh)"
mount --bind "$root/tmp" /tmp
echo ready
exec /bin/busybox sh -c 'read x'
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function makeFiles(root: string, publicKey: string): string {
  mkdirSync(join(root, 'home', '.ssh'), { recursive: true, mode: 0o700 });
  mkdirSync(join(root, 'tmp'), { mode: 0o777 });
  mkdirSync(join(root, 'shared'));
  writeFileSync(join(root, 'home', '.ssh', 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
  writeFileSync(join(root, 'passwd'), `root:x:0:0:root:${join(root, 'home')}:/bin/sh\n`);
  writeFileSync(join(root, 'shells'), '/bin/sh\n');
  writeFileSync(join(root, 'namespace.sh'), NAMESPACE);
  chmodSync(root, 0o700);
  const made = execFileSync('dropbearkey', ['-t', 'ed25519', '-f', join(root, 'hostkey')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const key = Buffer.from(/ssh-ed25519 (\S+)/.exec(made)![1]!, 'base64');
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

async function untilListening(host: string, port: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, host, () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
      setTimeout(() => socket.destroy(), 200);
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on ${host}:${port}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

/** The two ends of a cable between the machine and an isolated router. */
function plugCable(pid: number): { host: string; attacker: string; unplug: () => void } {
  const octet = 1 + (pid % 250);
  const name = `opm${pid}`;
  const run = (...argv: string[]): void => void execFileSync(argv[0]!, argv.slice(1), { stdio: 'ignore' });
  run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'lan', 'netns', String(pid));
  run('ip', 'addr', 'add', `10.213.${octet}.1/24`, 'dev', name);
  run('ip', 'addr', 'add', `10.213.${octet}.9/24`, 'dev', name);
  run('ip', 'link', 'set', name, 'up');
  run('nsenter', '-t', String(pid), '-n', 'ip', 'addr', 'add', `10.213.${octet}.2/24`, 'dev', 'lan');
  run('nsenter', '-t', String(pid), '-n', 'ip', 'link', 'set', 'lan', 'up');
  return {
    host: `10.213.${octet}.2`,
    attacker: `10.213.${octet}.9`,
    unplug: () => void execFileSync('ip', ['link', 'del', name], { stdio: 'ignore' }),
  };
}

export async function startRouter(options: { isolated?: boolean } = {}): Promise<RouterHost> {
  const root = mkdtempSync('/var/tmp/opmas-router-');
  const keys = ssh2.utils.generateKeyPairSync('ed25519');
  const fingerprint = makeFiles(root, keys.public);
  const flags = options.isolated ? ['-m', '-n'] : ['-m'];
  const keeper = spawn('unshare', [...flags, 'sh', join(root, 'namespace.sh'), root, options.isolated ? '1' : '0'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    keeper.stdout.once('data', () => resolve());
    keeper.once('exit', (code) => reject(new Error(`the router's namespace ended with ${code}`)));
  });
  const pid = keeper.pid!;
  const cable = options.isolated ? plugCable(pid) : null;
  const [host, port] = [cable?.host ?? '127.0.0.1', cable ? 22 : await freePort()];
  const enter = ['-t', String(pid), '-m', '-n'];
  let sshd: ChildProcess | null = null;
  const startSshd = async (): Promise<void> => {
    const argv = [
      ...enter,
      'dropbear',
      '-F',
      '-E',
      '-p',
      `${host}:${port}`,
      '-r',
      join(root, 'hostkey'),
      '-P',
      join(root, 'dropbear.pid'),
    ];
    sshd = spawn('nsenter', argv, { stdio: ['ignore', 'ignore', 'ignore'], env: { PATH: process.env['PATH'] } });
    await untilListening(host, port);
  };
  const stopSshd = async (): Promise<void> => {
    if (!sshd) return;
    for (const child of childrenOf(sshd.pid!)) process.kill(child, 'SIGKILL');
    sshd.kill('SIGKILL');
    await ended(sshd);
    sshd = null;
  };
  await startSshd();
  const credential = { privateKey: keys.private };
  return {
    target: { host, port, user: 'root', hostKeys: [fingerprint], credential },
    credential,
    hostKeys: [fingerprint],
    folder: join(root, 'shared'),
    attacker: cable?.attacker ?? null,
    inside: (...argv) => execFileSync('nsenter', [...enter, ...argv], { encoding: 'utf8' }),
    stopSshd,
    startSshd,
    remove: async () => {
      await stopSshd();
      cable?.unplug();
      keeper.stdin.end('\n');
      await ended(keeper);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
