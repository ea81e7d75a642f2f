/** Every log line and metric of the ingestor, named. */
import type { Transport } from '@opmas/contracts';
import type { Health, Log, Metrics } from '@opmas/platform';
import type { Journal, JournalPressure } from '@opmas/platform';
import { RefusalLog } from './refusal-log.js';
import { UdpSignals } from './udp-signals.js';

/** Why records were lost. */
export type LossReason = 'journal' | 'shed' | 'kernel' | 'damage' | 'stream' | 'oversize';

/** Why a connection was turned away. */
export type RefusalReason = 'connection' | 'untrusted_proxy' | 'proxy_header' | 'handshake' | 'client_certificate';

const MAX_MISCOUNTING = 1024;

/** What framing met, to be added up. */
export interface FramingDelta {
  truncated: number;
  partial: number;
  wrongCounts: number;
  discardedBytes: number;
}

function createMeters(metrics: Metrics) {
  return {
    accepted: metrics.counter('ingestor_accepted_records_total', 'records written to the journal', ['transport']),
    acceptedBytes: metrics.counter('ingestor_received_bytes_total', 'bytes read from senders', ['transport']),
    published: metrics.counter('ingestor_published_records_total', 'records acknowledged by JetStream'),
    frames: metrics.counter('ingestor_published_frames_total', 'frames and ticks acknowledged by JetStream', ['kind']),
    lost: metrics.counter('ingestor_lost_total', 'records (kernel: datagrams, stream: frames) that were lost', [
      'reason',
    ]),
    framing: metrics.counter(
      'ingestor_framing_total',
      'lines cut at the limit, ended by their connection, wrong octet counts',
      ['what'],
    ),
    discarded: metrics.counter('ingestor_discarded_bytes_total', 'bytes beyond the limit of a line'),
    refused: metrics.counter('ingestor_refused_total', 'connections and imports that were turned away', ['what']),
    capped: metrics.counter(
      'ingestor_capped_keys_total',
      'senders whose address became the key because it brought too many names',
    ),
    republished: metrics.counter(
      'ingestor_republished_frames_total',
      'frames published again because the stream was put back',
    ),
    connections: metrics.gauge('ingestor_tcp_connections', 'open TCP connections, with TLS and without', ['transport']),
    paused: metrics.gauge('ingestor_tcp_paused', 'TCP connections that are held back', ['transport']),
    certificateExpiry: metrics.gauge(
      'ingestor_tls_certificate_expiry_seconds',
      'when the certificate of the TLS listener, or one of its chain, expires: seconds since 1970',
    ),
    certificateReloads: metrics.counter(
      'ingestor_tls_certificate_reloads_total',
      'changed certificate files that were taken or refused',
      ['result'],
    ),
    journalBytes: metrics.gauge('ingestor_journal_bytes', 'size of the journal on disk'),
    unpublished: metrics.gauge('ingestor_bytes_in_flight', 'bytes of records that JetStream has not acknowledged'),
    pressure: metrics.gauge('ingestor_journal_pressure', '0 open, 1 high, 2 full, 3 failed: the disk refuses'),
    diskFree: metrics.gauge('ingestor_journal_disk_free_bytes', "what is free on the journal's disk"),
    unread: metrics.gauge(
      'ingestor_raw_unread_bytes',
      'bytes of OPMAS_RAW that the parser has not read, as last looked',
    ),
    rawHeld: metrics.gauge('ingestor_raw_held', '1 while frames wait in the journal because OPMAS_RAW has no room'),
    waiting: metrics.gauge('ingestor_unpublished_frames', 'frames that wait to be acknowledged'),
  };
}

const PRESSURES: JournalPressure[] = ['open', 'high', 'full', 'failed'];

export class Signals {
  readonly meters: ReturnType<typeof createMeters>;
  readonly udp: UdpSignals;
  readonly #log: Log;
  #health: Health | null = null;
  readonly #checks = new Map<string, { ok: boolean; detail: string }>();
  readonly #miscounting = new Set<string>();
  readonly #refusals: RefusalLog;

  constructor(metrics: Metrics, log: Log) {
    this.meters = createMeters(metrics);
    this.#log = log;
    this.#refusals = new RefusalLog(log);
    this.udp = new UdpSignals(metrics, this, log);
  }

  /** From now on metrics and checks are served by the service's own endpoint. */
  attach(metrics: Metrics, health: Health): void {
    for (const meter of [...Object.values(this.meters), ...Object.values(this.udp.meters)])
      metrics.registry.registerMetric(meter);
    this.#health = health;
    for (const [name, check] of this.#checks) health.set(name, check.ok, check.detail);
  }

  check(name: string, isOk: boolean, detail = ''): void {
    this.#checks.set(name, { ok: isOk, detail });
    this.#health?.set(name, isOk, detail);
  }

  opened(journal: Journal, directory: string): void {
    const { recovery } = journal;
    this.#log.info({ directory, ingestor: journal.name, ...recovery }, 'journal open');
    if (recovery.tornBytes > 0)
      this.#log.warn(
        { bytes: recovery.tornBytes },
        'the journal ended in a half written entry, which was never answered for',
      );
    if (recovery.lostRecords > 0) {
      this.meters.lost.inc({ reason: 'damage' }, recovery.lostRecords);
      this.#log.error(
        { records: recovery.lostRecords, bytes: recovery.damagedBytes },
        'the journal is damaged, records are lost',
      );
    }
    this.check('journal', true);
  }

  pressure(pressure: JournalPressure, detail: string): void {
    this.meters.pressure.set(PRESSURES.indexOf(pressure));
    const text = {
      open: '',
      high: `the journal is nearly full (${detail}): TCP and HTTP senders are held back`,
      full: `the journal is full (${detail}): TCP and HTTP senders are held back, the oldest datagrams go`,
      failed: `the journal cannot be written (${detail}): TCP and HTTP senders are held back, UDP is lost`,
    }[pressure];
    this.check('journal', pressure === 'open' || pressure === 'high', text);
    if (pressure === 'open') this.#log.info({ detail }, 'the journal has room');
    else if (pressure === 'high') this.#log.warn({ detail }, text);
    else this.#log.error({ detail }, text);
  }

  listening(transport: Transport, address: string, port: number): void {
    this.#log.info({ event: 'ingest-listening', transport, address, port }, `receiving over ${transport}`);
  }

  framing(sender: { transport: Transport; address: string }, delta: FramingDelta): void {
    if (delta.wrongCounts > 0) this.#wrongCount(sender);
    for (const what of ['truncated', 'partial', 'wrongCounts'] as const) {
      if (delta[what] > 0) this.meters.framing.inc({ what }, delta[what]);
    }
    if (delta.discardedBytes > 0) this.meters.discarded.inc(delta.discardedBytes);
  }

  /** Told once of each address: whoever counts wrongly does so all the time. */
  #wrongCount({ transport, address }: { transport: Transport; address: string }): void {
    if (this.#miscounting.has(address) || this.#miscounting.size >= MAX_MISCOUNTING) return;
    this.#miscounting.add(address);
    this.#log.warn(
      { transport, peer: address },
      'wrong octet counts: where messages end is told by what stands in them; every one is in ingestor_framing_total',
    );
  }

  capped(peer: string): void {
    this.meters.capped.inc();
    this.#log.debug({ peer }, 'an address brought too many names, its address is the key');
  }

  refusedConnection(listener: Transport, peer: string | undefined, what: RefusalReason, reason: string): void {
    this.meters.refused.inc({ what });
    this.#refusals.add(listener, peer ?? 'unknown', reason);
  }

  certificateTaken(file: string, fingerprint: string): void {
    this.meters.certificateReloads.inc({ result: 'taken' });
    this.#log.info({ file, fingerprint }, 'the certificate of the TLS listener was changed');
  }

  certificateRefused(reason: string): void {
    this.meters.certificateReloads.inc({ result: 'refused' });
    this.#log.error({ reason }, `the changed certificate is not taken, TLS goes on with the old one: ${reason}`);
  }

  certificateExpires(file: string, atMs: number, inDays: number): void {
    this.meters.certificateExpiry.set(Math.floor(atMs / 1000));
    const fields = { file, expiresAt: new Date(atMs).toISOString() };
    if (inDays < 0) this.#log.error(fields, 'the certificate of the TLS listener has expired: senders refuse it');
    else if (inDays < 30)
      this.#log.warn(fields, `the certificate of the TLS listener expires in ${Math.floor(inDays)} days`);
  }

  connectionFailed(peer: string, reason: string): void {
    this.#log.debug({ peer, reason }, 'a connection ended with an error');
  }

  waitingForRules(isWaiting: boolean): void {
    this.check('rules', !isWaiting, isWaiting ? 'waiting for the rule set' : '');
    this.#log.info(isWaiting ? 'frames wait in the journal for the rule set' : 'the rule set is there, frames go out');
  }

  publishing(isWorking: boolean, detail = ''): void {
    this.check('publish', isWorking, detail);
  }

  /** What the parser has not read would be discarded: frames wait in the journal, or go out again. */
  rawHeld(isHeld: boolean, unreadBytes: number, limitBytes: number): void {
    this.meters.rawHeld.set(isHeld ? 1 : 0);
    const mib = (bytes: number): number => Math.round(bytes / 1024 / 1024);
    const figures = `${mib(unreadBytes)} of ${mib(limitBytes)} MiB unread`;
    const text = `the parser is far behind, and OPMAS_RAW has no room (${figures}): frames wait in the journal`;
    this.check('raw', !isHeld, isHeld ? text : '');
    if (isHeld) this.#log.error({ unreadBytes, limitBytes }, text);
    else this.#log.info({ unreadBytes, limitBytes }, 'the parser has read on: OPMAS_RAW has room');
  }

  published(kind: 'frame' | 'tick', records: number): void {
    this.meters.frames.inc({ kind });
    this.meters.published.inc(records);
  }

  unavailable(shard: number, error: unknown): void {
    this.#log.warn(
      { shard, reason: (error as Error).message },
      'JetStream does not acknowledge, frames wait in the journal',
    );
  }

  /** Another writer on the subject, or a write of ours that we did not know of: the subject is read again. */
  fencedOut(shard: number): void {
    this.#log.info({ shard }, 'the subject holds more than was known, reading it again');
  }

  reconciled(shard: number, result: { revived: number; rebasedBy: number; missing: number; lastNumber: number }): void {
    if (result.revived > 0) {
      this.meters.republished.inc(result.revived);
      this.#log.warn({ shard, frames: result.revived }, 'the stream was put back: publishing again what it lost');
    }
    if (result.rebasedBy > 0) {
      this.#log.warn(
        { shard, by: result.rebasedBy },
        'the stream holds more than the journal, whose end was lost: numbering on after it',
      );
    }
    if (result.missing === 0) return;
    if (result.lastNumber === 0) {
      this.#log.info(
        { shard, frames: result.missing },
        'the subject is empty: its frames have aged out, or the stream is new',
      );
    } else {
      this.meters.lost.inc({ reason: 'stream' }, result.missing);
      this.#log.error({ shard, frames: result.missing }, 'the stream lost frames that the journal no longer holds');
    }
  }

  unreadableFrame(frameId: string, records: number, error: unknown): void {
    this.meters.lost.inc({ reason: 'damage' }, records);
    this.#log.error(
      { frameId, records, err: error },
      'a frame can no longer be read from the journal, it goes out empty',
    );
  }

  drained(isEmpty: boolean): void {
    if (isEmpty) this.#log.info('all that was accepted is published');
    else this.#log.warn('some of what was accepted is not published yet: it waits in the journal');
  }

  unwritten(records: number, detail: string): void {
    this.meters.lost.inc({ reason: 'journal' }, records);
    this.#log.error({ records, detail }, `what was read last is lost, the journal could not be written (${detail})`);
  }

  importFailed(error: unknown): void {
    this.#log.error({ err: error }, 'an import failed');
  }

  bindingsNotKept(error: unknown): void {
    this.#log.warn({ err: error }, 'the bindings of sender keys could not be kept for the next start');
  }
}
