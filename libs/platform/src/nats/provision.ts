/** Streams as libs/contracts declares them, made or brought up to date; safe to run from every service at once. */
import type { StreamDeclaration } from '@opmas/contracts';
import { STREAMS } from '@opmas/contracts';
import type { StreamConfig, StreamInfo } from 'nats';
import { DiscardPolicy, NatsError, RetentionPolicy, StorageType } from 'nats';
import type { Bus } from './bus.js';

export interface ProvisionOptions {
  duplicateWindowMs: number;
  replicas?: number;
  /** Room for all streams that have a limit of bytes, shared out as they are declared; the declared limits where absent. */
  totalMib?: number;
}

/** JetStream refuses the change of a stream; the message names stream, setting, both values, and what to do. */
export class StreamRefused extends Error {
  readonly code = 'STREAM_REFUSED';

  constructor(stream: string, reason: string) {
    super(`JetStream refuses stream ${stream}: ${reason}`);
    this.name = 'StreamRefused';
  }
}

const NOT_FOUND = 10059;
const OLDEST_FOR_REPLICAS = [2, 11];

function apiCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

const DECLARED_BYTES = Object.values(STREAMS).reduce((sum, { maxBytes }) => sum + Math.max(0, maxBytes), 0);

function maxBytes(declared: number, totalMib: number | undefined): number {
  if (declared < 0 || totalMib === undefined) return declared;
  return Math.floor((declared / DECLARED_BYTES) * totalMib * 1024 * 1024);
}

function wanted(stream: StreamDeclaration, options: ProvisionOptions): Partial<StreamConfig> & { name: string } {
  return {
    name: stream.name,
    description: stream.description,
    subjects: stream.subjects,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: stream.maxAgeNs,
    max_bytes: maxBytes(stream.maxBytes, options.totalMib),
    max_msg_size: stream.maxMsgSize,
    num_replicas: options.replicas ?? 1,
    duplicate_window: options.duplicateWindowMs * 1e6,
    deny_delete: false,
  };
}

/** Replicated streams need a server that fences writers on every replica. */
function checkServer(bus: Bus, replicas: number): void {
  const version = bus.nc.info?.version ?? '0.0.0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor, needMinor] = OLDEST_FOR_REPLICAS as [number, number];
  if (replicas > 1 && (major < needMajor || (major === needMajor && minor < needMinor))) {
    throw new StreamRefused('*', `OPMAS_REPLICAS=${replicas} needs nats-server 2.11 or newer, this one is ${version}`);
  }
}

async function existing(bus: Bus, name: string): Promise<StreamInfo | null> {
  try {
    return await bus.jsm.streams.info(name);
  } catch (error) {
    if (apiCode(error) === NOT_FOUND) return null;
    throw error;
  }
}

const COMPARED = ['description', 'max_age', 'max_bytes', 'max_msg_size', 'num_replicas', 'duplicate_window'] as const;

function differs(have: StreamConfig, want: Partial<StreamConfig>): boolean {
  return (
    COMPARED.some((key) => want[key] !== undefined && have[key] !== want[key]) ||
    JSON.stringify(have.subjects) !== JSON.stringify(want.subjects)
  );
}

async function ensureStream(bus: Bus, want: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    const have = await existing(bus, want.name);
    if (have === null) await bus.jsm.streams.add(want);
    else if (differs(have.config, want)) await bus.jsm.streams.update(want.name, { ...have.config, ...want });
  } catch (error) {
    if (apiCode(error) === undefined) throw error;
    // Another service may have made it in the same moment; the server then counts its room twice, or says that it exists.
    const have = await existing(bus, want.name);
    if (have === null || differs(have.config, want)) throw new StreamRefused(want.name, hint(error as Error, want));
  }
}

function hint(error: Error, want: Partial<StreamConfig>): string {
  if (!/insufficient/.test(error.message)) return error.message;
  const mib = Math.round((want.max_bytes ?? 0) / 1024 / 1024);
  return `${error.message}: it asks for ${mib} MiB; give the server more disk, or the streams less by OPMAS_STREAMS_MIB`;
}

/** Makes every stream, or changes it to what is declared. Idempotent; throws `StreamRefused` where JetStream says no. */
export async function ensureStreams(bus: Bus, options: ProvisionOptions): Promise<void> {
  checkServer(bus, options.replicas ?? 1);
  for (const stream of Object.values(STREAMS)) await ensureStream(bus, wanted(stream, options));
}
