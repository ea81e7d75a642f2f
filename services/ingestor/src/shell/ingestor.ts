/**
 * The ingestor's parts and their life: the journal and the listeners open before NATS is there, so that nothing is
 * missed while it is away; the publisher comes when it is.
 */
import { STREAM_NAMES, subjects } from '@opmas/contracts';
import type { ConfigFact } from '@opmas/contracts';
import { ConfigFollower, FencedSubject, Journal, createMetrics } from '@opmas/platform';
import type { Health, Log, Metrics, Shell } from '@opmas/platform';
import type { IngestorConfig } from '../config.js';
import { KeyBindings } from '../domain/key-bindings.js';
import { KeyCap } from '../domain/key-cap.js';
import { ReceivedClock } from '../domain/received-clock.js';
import { Signals } from '../signals.js';
import { readBindings, writeBindings } from './binding-store.js';
import { DatagramShedding } from './datagram-shedding.js';
import { FramePublisher } from './frame-publisher.js';
import { ImportServer } from './import-server.js';
import { Intake } from './intake.js';
import { journalFault } from './journal-fault.js';
import { TrustedProxies } from './proxy-header.js';
import { OtlpServer } from './otlp-server.js';
import { RawRoom } from './raw-room.js';
import { StreamListener } from './stream-listener.js';
import { TlsListener } from './tls-listener.js';
import { UdpListener } from './udp-listener.js';

const GAUGES_EVERY_MS = 1000;
const KEEP_BINDINGS_AFTER_MS = 1000;
const STOP_LIMIT_MS = 2000;

const nowMs = (): number => performance.now();

function receivedClock(floorUs: number): () => number {
  const clock = new ReceivedClock(nowMs() * 1000, Date.now() * 1000, floorUs);
  return () => clock.at(nowMs() * 1000, Date.now() * 1000);
}

export class Ingestor {
  readonly #config: IngestorConfig;
  readonly #log: Log;
  readonly #signals: Signals;
  readonly #journal: Journal;
  readonly #intake: Intake;
  readonly #bindings: KeyBindings;
  #configSequence: number;
  #tcp: StreamListener | null = null;
  #tls: TlsListener | null = null;
  #udp: UdpListener | null = null;
  #http: ImportServer | null = null;
  #otlp: OtlpServer | null = null;
  #follower: ConfigFollower | null = null;
  #publisher: FramePublisher | null = null;
  #room: RawRoom | null = null;
  #isReleased = false;
  #isDown: () => boolean = () => true;
  #keeping: NodeJS.Timeout | null = null;
  readonly #gauges: NodeJS.Timeout;

  private constructor(config: IngestorConfig, log: Log) {
    this.#config = config;
    this.#log = log;
    this.#signals = new Signals(createMetrics('ingestor'), log);
    this.#journal = this.#openJournal();
    this.#signals.opened(this.#journal, config.OPMAS_JOURNAL_DIR);
    const kept = readBindings(config.OPMAS_JOURNAL_DIR);
    this.#configSequence = kept.sequence;
    this.#bindings = new KeyBindings(config.OPMAS_SHARDS);
    this.#bindings.remember(kept.keys);
    this.#intake = new Intake({
      journal: this.#journal,
      bindings: this.#bindings,
      cap: new KeyCap(config.OPMAS_MAX_KEYS_PER_PEER),
      receivedAtUs: receivedClock(this.#journal.clock),
      nowMs,
      signals: this.#signals,
    });
    this.#gauges = setInterval(() => this.#gauge(), GAUGES_EVERY_MS).unref();
  }

  #openJournal(): Journal {
    const config = this.#config;
    try {
      return Journal.open({
        directory: config.OPMAS_JOURNAL_DIR,
        shardCount: config.OPMAS_SHARDS,
        maxBytes: config.OPMAS_JOURNAL_MAX_MIB,
        segmentBytes: config.OPMAS_JOURNAL_SEGMENT_MIB,
        syncIntervalMs: config.OPMAS_JOURNAL_SYNC_MS,
        retainMs: config.OPMAS_JOURNAL_RETAIN_MS,
        maxFrameRecords: config.OPMAS_FRAME_RECORDS,
        maxFrameBytes: config.OPMAS_FRAME_KIB * 1024,
        tag: () => this.#configSequence,
        nowMs,
      });
    } catch (error) {
      throw journalFault(error, config.OPMAS_JOURNAL_DIR);
    }
  }

  /** Opens the journal and the ports; throws what names the variable to change. */
  static async open(config: IngestorConfig, log: Log): Promise<Ingestor> {
    const ingestor = new Ingestor(config, log);
    try {
      await ingestor.#listen();
      return ingestor;
    } catch (error) {
      await ingestor.close();
      throw error;
    }
  }

  async #listen(): Promise<void> {
    const config = this.#config;
    const shedding = new DatagramShedding(this.#journal, this.#signals, nowMs);
    this.#udp = await UdpListener.open(
      { intake: this.#intake, shedding, signals: this.#signals },
      {
        host: config.SYSLOG_HOST,
        port: config.SYSLOG_UDP_PORT,
        receiveBufferBytes: config.OPMAS_UDP_RECEIVE_BUFFER_MIB,
        sockets: config.OPMAS_UDP_SOCKETS,
        queueBytes: config.OPMAS_UDP_QUEUE_MIB,
      },
    );
    await this.#listenToStreams();
    const common = {
      maxBodyBytes: config.OPMAS_HTTP_MAX_BODY_MIB,
      timeoutMs: config.OPMAS_HTTP_ACK_TIMEOUT_MS,
      journal: this.#journal,
      intake: this.#intake,
      signals: this.#signals,
      unavailable: () => this.#unavailable(),
      whenStored: (shard: number, ordinal: number, timeoutMs: number) =>
        this.#publisher?.whenStored(shard, ordinal, timeoutMs) ?? Promise.resolve(false),
    };
    if (config.OTLP_HTTP_PORT !== null) {
      this.#otlp = await OtlpServer.open({
        ...common,
        host: config.OTLP_HTTP_HOST,
        port: config.OTLP_HTTP_PORT,
        maxRequests: config.OPMAS_HTTP_MAX_IMPORTS,
      });
    }
    this.#http = await ImportServer.open({
      ...common,
      host: config.INGEST_HTTP_HOST,
      port: config.INGEST_HTTP_PORT,
      maxImports: config.OPMAS_HTTP_MAX_IMPORTS,
    });
  }

  async #listenToStreams(): Promise<void> {
    const config = this.#config;
    const proxies = new TrustedProxies(config.OPMAS_PROXY_TRUSTED);
    const common = {
      host: config.SYSLOG_HOST,
      maxConnections: config.OPMAS_MAX_CONNECTIONS,
      idleMs: config.OPMAS_TCP_IDLE_MS,
    };
    this.#tcp = await StreamListener.open(this.#intake, this.#signals, {
      ...common,
      transport: 'tcp',
      port: config.SYSLOG_TCP_PORT,
      variable: 'SYSLOG_TCP_PORT',
      proxies: config.SYSLOG_TCP_PROXY_PROTOCOL ? proxies : null,
      tls: null,
      keyOf: () => null,
    });
    this.#tls = await TlsListener.open(this.#intake, this.#signals, config, {
      ...common,
      proxies: config.SYSLOG_TLS_PROXY_PROTOCOL ? proxies : null,
    });
  }

  /**
   * Ports as they are open; what was configured as 0 has its number here. `tls` is null where there is no certificate,
   * `otlp` where it is off.
   */
  get ports(): { udp: number; tcp: number; tls: number | null; http: number; otlp: number | null } {
    return {
      udp: this.#udp!.port,
      tcp: this.#tcp!.port,
      tls: this.#tls?.port ?? null,
      http: this.#http!.port,
      otlp: this.#otlp?.port ?? null,
    };
  }

  /** The name that its frames carry. */
  get name(): string {
    return this.#journal.name;
  }

  #unavailable(): string | null {
    if (!this.#publisher || this.#isDown()) return 'JetStream is not reachable';
    if (this.#room?.isHeld === true) return 'the parser is so far behind that OPMAS_RAW has no room';
    return this.#isReleased ? null : 'waiting for the rule set';
  }

  /** From now on its metrics and checks are served: whether or not NATS is there, it receives. */
  showAt(metrics: Metrics, health: Health): void {
    this.#signals.attach(metrics, health);
  }

  /** NATS is there: reads the configuration, then publishes. */
  async attach(shell: Shell<IngestorConfig>): Promise<void> {
    const { bus } = shell;
    this.#isDown = () => bus.isDown();
    if (this.#config.OPMAS_AWAIT_RULES) this.#signals.waitingForRules(true);
    const follower = await ConfigFollower.start(bus, this.#log);
    this.#follower = follower;
    const room = new RawRoom({
      bus,
      shardCount: this.#config.OPMAS_SHARDS,
      frameBytes: this.#config.OPMAS_FRAME_KIB * 1024,
      nowMs,
      signals: this.#signals,
    });
    this.#room = room;
    const publisher = new FramePublisher({
      journal: this.#journal,
      room,
      shardCount: this.#config.OPMAS_SHARDS,
      openSubject: (shard) => FencedSubject.open(bus, STREAM_NAMES.raw, subjects.raw(shard, this.#journal.name)),
      subjectName: (shard) => subjects.raw(shard, this.#journal.name),
      onReconnect: (listener) => bus.onReconnect(listener),
      isDown: () => bus.isDown(),
      build: shell.build,
      frameMs: this.#config.OPMAS_FRAME_MS,
      nowMs,
      lastReceivedMs: () => this.#intake.lastReceivedMs,
      signals: this.#signals,
    });
    this.#publisher = publisher;
    for (const { fact } of follower.facts(0, follower.sequence)) this.#apply(fact);
    this.#follow();
    follower.onFact(({ fact }) => {
      this.#apply(fact);
      this.#follow();
    });
    publisher.start();
    if (!this.#config.OPMAS_AWAIT_RULES) this.#release();
    else if (this.#isReleased) publisher.release();
  }

  #apply(fact: ConfigFact): void {
    this.#bindings.apply(fact);
    if (fact.type === 'opmas.config.build.published' && fact.data.kind === 'rules') this.#release();
  }

  /** The sequence never goes back: a configuration stream that was put back is mended to where it stood. */
  #follow(): void {
    this.#configSequence = Math.max(this.#configSequence, this.#follower?.sequence ?? 0);
    this.#keeping ??= setTimeout(() => this.#keepBindings(), KEEP_BINDINGS_AFTER_MS).unref();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (this.#config.OPMAS_AWAIT_RULES) this.#signals.waitingForRules(false);
    this.#publisher?.release();
  }

  #keepBindings(): void {
    if (this.#keeping) clearTimeout(this.#keeping);
    this.#keeping = null;
    try {
      writeBindings(this.#config.OPMAS_JOURNAL_DIR, { sequence: this.#configSequence, keys: this.#bindings.moved() });
    } catch (error) {
      this.#signals.bindingsNotKept(error);
    }
  }

  #gauge(): void {
    const { meters } = this.#signals;
    meters.journalBytes.set(this.#journal.bytes);
    meters.diskFree.set(this.#journal.diskFreeBytes);
    meters.unpublished.set(this.#journal.unpublishedBytes);
    let waiting = 0;
    for (let shard = 0; shard < this.#journal.shardCount; shard++) waiting += this.#journal.waiting(shard);
    meters.waiting.set(waiting);
  }

  /** Takes nothing more, publishes what is left for a while, and leaves the rest in the journal. */
  async close(): Promise<void> {
    clearInterval(this.#gauges);
    await this.#udp?.close();
    await Promise.all([this.#tcp?.close(), this.#tls?.close()]);
    const httpClosed = Promise.all([this.#http?.close(), this.#otlp?.close()]);
    this.#intake.endTurn();
    if (this.#publisher) await this.#publisher.stop(this.#config.OPMAS_DRAIN_MS);
    this.#room?.stop();
    this.#http?.abort();
    this.#otlp?.abort();
    await httpClosed;
    if (this.#keeping) this.#keepBindings();
    await Promise.race([this.#follower?.close(), new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref())]);
    await this.#journal.close();
    if (!this.#journal.isWritten) this.#signals.unwritten(this.#intake.unwritten, this.#journal.pressureDetail);
  }
}
