/**
 * One SSH session to a router. No path connects without a pinned host key; commands go one after another (dropbear dies
 * of several at once), and an outcome is `finished` only where the router said so.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Algorithms, ClientChannel, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { Client } from 'ssh2';

export interface SshTarget {
  host: string;
  port: number;
  user: string;
  /** `SHA256:<base64 without padding>`. */
  hostKeys: readonly string[];
  credential: { privateKey: string } | { password: string };
}

export interface SshLimits {
  /** Handshake and authentication together, ms. */
  connectMs: number;
  keepaliveMs: number;
}

export const SSH_LIMITS: SshLimits = { connectMs: 30_000, keepaliveMs: 10_000 };

/** Why there is no session. `retry` is true where a later attempt may get through. */
export class RouterUnreachable extends Error {
  readonly code = 'ROUTER_UNREACHABLE';
  readonly retry: boolean;
  readonly isHostKey: boolean;

  constructor(reason: string, { retry, isHostKey = false }: { retry: boolean; isHostKey?: boolean }) {
    super(reason);
    this.name = 'RouterUnreachable';
    this.retry = retry;
    this.isHostKey = isHostKey;
  }
}

export interface ExecLimits {
  timeoutMs: number;
  /** Of stdout and stderr together; what is beyond is cut off, and the command's channel closed. */
  maxBytes: number;
}

/** `lost`, `timeout`: what the command did is unknown; it may still run. */
export type ExecOutcome =
  | { kind: 'finished'; code: number; stdout: Buffer; stderr: Buffer }
  | { kind: 'killed'; signal: string; stdout: Buffer; stderr: Buffer }
  | { kind: 'truncated'; stdout: Buffer; stderr: Buffer }
  | { kind: 'timeout' | 'lost'; reason: string };

export interface SshSession {
  /** Runs one command with `input` on its standard input, after those that were asked for before. */
  exec(command: string, input: string, limits: ExecLimits): Promise<ExecOutcome>;
  close(): void;
}

export type ConnectRouter = (target: SshTarget) => Promise<SshSession>;

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** True for a pinned key only; synchronous, because ssh2 takes everything but a strict `false` for a yes. */
export function isPinned(key: Buffer, hostKeys: readonly string[]): boolean {
  const shown = Buffer.from(fingerprintOf(key));
  return hostKeys.some((pinned) => {
    const wanted = Buffer.from(pinned);
    return wanted.length === shown.length && timingSafeEqual(wanted, shown);
  });
}

const HOST_KEY_TYPES: ServerHostKeyAlgorithm[][] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
];

function configFor(target: SshTarget, limits: SshLimits, types: ServerHostKeyAlgorithm[]): ConnectConfig {
  const algorithms: Algorithms = { serverHostKey: types };
  const { credential } = target;
  return {
    host: target.host,
    port: target.port,
    username: target.user,
    algorithms,
    readyTimeout: limits.connectMs,
    keepaliveInterval: limits.keepaliveMs,
    keepaliveCountMax: 3,
    ...('privateKey' in credential
      ? { privateKey: credential.privateKey, authHandler: ['publickey'] }
      : { password: credential.password, authHandler: ['password'] }),
  };
}

/** Words of ssh2's errors that no later attempt gets around. */
function unreachable(error: Error & { level?: string }, target: SshTarget): RouterUnreachable {
  const place = `${target.user}@${target.host}:${target.port}`;
  if (error.level === 'client-authentication')
    return new RouterUnreachable(`${place} refused the credential`, { retry: false });
  if (/no matching host key/i.test(error.message))
    return new RouterUnreachable(`${place} has no host key of this type`, { retry: false, isHostKey: true });
  if (/private ?key|parse/i.test(error.message) && error.level !== 'client-socket')
    return new RouterUnreachable(`the private key for ${place} cannot be read`, { retry: false });
  return new RouterUnreachable(`${place} is not reached: ${error.message}`, { retry: true });
}

function connectOnce(target: SshTarget, limits: SshLimits, types: ServerHostKeyAlgorithm[]): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let shown: string | null = null;
    const fail = (error: RouterUnreachable): void => {
      client.destroy();
      reject(error);
    };
    client.on('ready', () => resolve(client));
    const end = (otherwise: RouterUnreachable): void => {
      const reason = `${target.host}:${target.port} shows the host key ${shown ?? '?'}, which is not the one it was adopted with`;
      fail(shown === null ? otherwise : new RouterUnreachable(reason, { retry: false, isHostKey: true }));
    };
    client.on('error', (error: Error & { level?: string }) => end(unreachable(error, target)));
    client.on('close', () =>
      end(new RouterUnreachable(`${target.host}:${target.port} closed the connection`, { retry: true })),
    );
    try {
      client.connect({
        ...configFor(target, limits, types),
        hostVerifier: (key: Buffer): boolean => {
          const isKnown = isPinned(key, target.hostKeys);
          if (!isKnown) shown = fingerprintOf(key);
          return isKnown;
        },
      });
    } catch (error) {
      fail(unreachable(error as Error, target));
    }
  });
}

/** Asks for all key types first, then for each alone: the pinned key need not be the one that the router prefers. */
async function connectPinned(target: SshTarget, limits: SshLimits): Promise<Client> {
  const attempt = (types: ServerHostKeyAlgorithm[]): Promise<Client | RouterUnreachable> =>
    connectOnce(target, limits, types).catch((error: unknown) => {
      if (error instanceof RouterUnreachable) return error;
      throw error;
    });
  const first = await attempt(HOST_KEY_TYPES.flat());
  if (first instanceof Client) return first;
  if (!first.isHostKey) throw first;
  for (const types of HOST_KEY_TYPES) {
    const next = await attempt(types);
    if (next instanceof Client) return next;
  }
  throw first;
}

/** Takes what a channel says until it is closed. */
class Output {
  readonly #chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False once there is more than is kept. */
  add(channel: 'stdout' | 'stderr', chunk: Buffer): boolean {
    const left = this.#maxBytes - this.#bytes;
    this.#bytes += chunk.length;
    if (left > 0) this.#chunks[channel].push(chunk.subarray(0, left));
    return this.#bytes <= this.#maxBytes;
  }

  texts(): { stdout: Buffer; stderr: Buffer } {
    return { stdout: Buffer.concat(this.#chunks.stdout), stderr: Buffer.concat(this.#chunks.stderr) };
  }
}

function outcomeOf(output: Output, code: number | null | undefined, signal: string | undefined): ExecOutcome {
  if (typeof code === 'number') return { kind: 'finished', code, ...output.texts() };
  if (signal) return { kind: 'killed', signal, ...output.texts() };
  return { kind: 'lost', reason: 'the connection was lost while the command ran' };
}

function collect(channel: ClientChannel, client: Client, input: string, limits: ExecLimits): Promise<ExecOutcome> {
  return new Promise((resolve) => {
    const output = new Output(limits.maxBytes);
    const end = (outcome: ExecOutcome): void => {
      clearTimeout(timer);
      client.off('close', onLost);
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      end({ kind: 'timeout', reason: `no end within ${limits.timeoutMs} ms` });
      channel.destroy();
    }, limits.timeoutMs);
    const onLost = (): void => end({ kind: 'lost', reason: 'the connection was lost while the command ran' });
    const take = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (output.add(name, chunk)) return;
      end({ kind: 'truncated', ...output.texts() });
      channel.destroy();
    };
    client.once('close', onLost);
    channel.on('data', take('stdout'));
    channel.stderr.on('data', take('stderr'));
    channel.on('error', () => undefined);
    channel.on('close', (code: number | null | undefined, signal?: string) => end(outcomeOf(output, code, signal)));
    channel.end(input);
  });
}

function execOn(client: Client, command: string, input: string, limits: ExecLimits): Promise<ExecOutcome> {
  return new Promise((resolve) => {
    const lost = (reason: string): void => resolve({ kind: 'lost', reason });
    const timer = setTimeout(
      () => lost(`the router opened no channel within ${limits.timeoutMs} ms`),
      limits.timeoutMs,
    );
    const onClose = (): void => lost('the connection was lost');
    client.once('close', onClose);
    const opened = (error: Error | undefined, channel: ClientChannel): void => {
      clearTimeout(timer);
      client.off('close', onClose);
      if (error) lost(`the command was not taken: ${error.message}`);
      else void collect(channel, client, input, limits).then(resolve);
    };
    try {
      client.exec(command, opened);
    } catch (error) {
      clearTimeout(timer);
      lost((error as Error).message);
    }
  });
}

/** Connects with the pinned host keys and the one credential; throws `RouterUnreachable`. */
export async function connectRouter(target: SshTarget, limits: SshLimits = SSH_LIMITS): Promise<SshSession> {
  const client = await connectPinned(target, limits);
  let last: Promise<unknown> = Promise.resolve();
  client.on('error', () => undefined);
  return {
    exec: (command, input, execLimits) => {
      const next = last.then(() => execOn(client, command, input, execLimits));
      last = next;
      return next;
    },
    close: () => {
      client.end();
      setTimeout(() => client.destroy(), 1000).unref();
    },
  };
}
