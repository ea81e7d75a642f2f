/** Types of the public door (`index.mjs`): the modules behind it are plain JavaScript, for they run before packages are installed. */

/** A private server in a temporary folder, on a free port of loopback. It ends with the process that started it, whatever ends that. */
export interface TestServer {
  /** As the client takes it: `nats://…`, `postgres://…/opmas`, `redis://…`. */
  readonly url: string;
  readonly port: number;
  /** Its data: JetStream's store_dir, Postgres' data folder, Redis' dir. */
  readonly storeDir: string;
  readonly logPath: string;
  /** 0 while it is down. */
  readonly pid: number;
  /** Starts it again after `halt` or `kill9`: same port, same data. */
  start(): Promise<void>;
  /** Ends it politely and keeps its data. */
  halt(): Promise<void>;
  /** SIGKILL; it stays down until `start`. */
  kill9(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** @param options configuration: further lines of the server's configuration file */
export function startNats(options?: { maxPayloadBytes?: number; configuration?: string }): Promise<TestServer>;
/** @param options bundledOnly: npm's binaries even where the system has Postgres */
export function startPostgres(options?: { bundledOnly?: boolean }): Promise<TestServer>;
export function startRedis(): Promise<TestServer>;

/** A folder that is removed when this process ends; other accounts may pass through it. */
export function temporaryFolder(name: string): string;

/** A port free for TCP and UDP that no other test takes meanwhile. */
export function claimPort(): Promise<number>;
export function releasePort(port: number): void;
export function isFree(port: number, protocol: 'tcp' | 'udp'): Promise<boolean>;

/** Programs that some tests need beside OPMAS itself. */
export type ToolName =
  | 'nats-server'
  | 'redis-server'
  | 'postgres'
  | 'dropbear'
  | 'dropbearkey'
  | 'chromium'
  | 'busybox'
  | 'logger'
  | 'rsyslog'
  | 'syslog-ng';

/** A program's path; or null and the reason, with which a test skips itself. */
export function findOrInstall(
  name: ToolName,
  say?: (text: string) => void,
): Promise<{ path: string } | { path: null; reason: string }>;

/** How to run a syslog daemon (its own arguments go behind `args`); or null and the reason, with which a test skips itself. */
export function findSender(
  name: 'rsyslog' | 'syslog-ng',
): { path: string; args: string[]; env: Record<string, string> } | { path: null; reason: string };

/** Builds what changed; answers whether anything had. */
export function ensureBuilt(options: {
  say: (text: string) => void;
  entries: string[];
  everything?: boolean;
}): Promise<boolean>;

export interface ServiceHandle {
  readonly name: string;
  readonly logPath: string;
  /** 0 while it is down. */
  readonly pid: number;
  /** How often it was started again by itself. */
  readonly restarts: number;
  /** SIGKILL; the stack starts it again after 0.5 s (doubling) unless `restart` was false. */
  kill9(): Promise<void>;
  /** SIGTERM, waits for its end; it stays down until `start`. */
  stop(): Promise<void>;
  /** Starts it where it is down, and waits until it is ready. */
  start(): Promise<void>;
  waitReady(): Promise<void>;
  pause(): void;
  resume(): void;
}

export interface ServerHandle extends ServiceHandle {
  readonly storeDir: string;
}

export interface Endpoints {
  syslogUdp: string;
  syslogTcp: string;
  syslogTls: string;
  ingestHttp: string;
  /** Port 0 where it is off. */
  otlpHttp: string;
  api: string;
  ui: string;
  nats: string;
  postgres: string;
  redis: string;
  /** Base URL of each service's /livez, /readyz and /metrics. */
  health: Record<string, string>;
}

export type ServiceName = 'ui' | 'query-api' | 'actions' | 'agents' | 'parser' | 'ingestor';

/** What a service of another table is told. */
export interface ServicePlace {
  data: string;
  database: string;
  redis: string;
  secretFile: string;
  tls: { cert: string; key: string; ca: string };
  adminPassword: string | undefined;
  ports: {
    syslogUdp: number;
    syslogTcp: number;
    syslogTls: number;
    ingestHttp: number;
    otlpHttp: number;
    api: number;
    ui: number;
  };
}

export interface StackOptions {
  /** For every service. */
  env?: Record<string, string>;
  leaseMs?: number;
  duplicateWindowMs?: number;
  /** All but the web pages unless given. */
  services?: string[];
  table?: {
    name: string;
    entry: string;
    env: (place: ServicePlace) => Record<string, string>;
    healthPort?: (place: ServicePlace) => number;
  }[];
  restart?: boolean;
}

export interface TestStack {
  readonly data: string;
  readonly endpoints: Endpoints;
  readonly admin: { username: string; password: string };
  readonly servers: Record<string, ServerHandle>;
  readonly services: Record<string, ServiceHandle>;
  /** What a person would have been told: crashes and new starts. */
  readonly said: readonly string[];
  /** Another replica of a service on the same servers. An ingestor rival needs ports and a journal of its own in `env`. */
  startRival(name: string, rival?: { as?: string; env?: Record<string, string> }): Promise<ServiceHandle>;
  /** Stops everything and removes its data. */
  stop(): Promise<void>;
}

/** A whole OPMAS from the built services (`ensureBuilt` first), on free ports. */
export function startStack(options?: StackOptions): Promise<TestStack>;
