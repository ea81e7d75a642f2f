/** What the UDP listener says: its buffers, what the kernel dropped, and whose datagrams were lost. */
import type { Log, Metrics } from '@opmas/platform';
import { LossLedger } from './domain/loss-ledger.js';
import type { Signals } from './signals.js';

const REPORT_MS = 10_000;
/** Senders with a series of their own in the metrics; the sum of the others has one. */
const MAX_SENDER_SERIES = 100;
/** Senders in one line of the log. */
const SENDERS_A_LINE = 100;
const MEBIBYTE = 1024 * 1024;

export interface UdpOpening {
  sockets: number;
  /** Receive buffer of one socket: as configured, and as the kernel granted it. */
  wantedBytes: number;
  givenBytes: number;
  /** Whether the kernel tells what it drops. */
  areDropsTold: boolean;
}

export function createUdpMeters(metrics: Metrics) {
  return {
    kernelDrops: metrics.counter(
      'ingestor_udp_kernel_drops_total',
      'datagrams that the kernel dropped before they could be read, by socket',
      ['listener', 'socket'],
    ),
    receiveBuffer: metrics.gauge(
      'ingestor_udp_receive_buffer_bytes',
      'what the kernel granted for datagrams that wait to be read, all sockets together',
      ['listener'],
    ),
    receiveQueue: metrics.gauge(
      'ingestor_udp_receive_queue_bytes',
      "datagrams that wait to be read, with the kernel's overhead (it grants twice the buffer for both)",
      ['listener'],
    ),
    lostDatagrams: metrics.counter(
      'ingestor_lost_datagrams_total',
      "datagrams that the full or failed journal lost, by sender's address, since the journal was made",
      ['sender'],
    ),
  };
}

export class UdpSignals {
  readonly meters: ReturnType<typeof createUdpMeters>;
  readonly #signals: Signals;
  readonly #log: Log;
  #listener = '';
  /** Lost since the last report. */
  readonly #lost = new LossLedger();
  #timer: NodeJS.Timeout | null = null;
  readonly #series = new Set<string>();
  #buffers = '';
  #kernelDrops = 0;

  constructor(metrics: Metrics, signals: Signals, log: Log) {
    this.meters = createUdpMeters(metrics);
    this.#signals = signals;
    this.#log = log;
  }

  opened(listener: string, { sockets, wantedBytes, givenBytes, areDropsTold }: UdpOpening): void {
    this.#listener = listener;
    this.meters.receiveBuffer.set({ listener }, givenBytes * sockets);
    const given = `${(givenBytes / MEBIBYTE).toFixed(2)} MiB`;
    this.#buffers = `${sockets} socket${sockets > 1 ? 's' : ''} with ${given} each`;
    if (givenBytes < wantedBytes) {
      const remedy = `sysctl -w net.core.rmem_max=${wantedBytes}`;
      this.#buffers += ` of ${(wantedBytes / MEBIBYTE).toFixed(2)} MiB asked for: ${remedy}, and start again`;
      this.#log.warn(
        { listener, wantedBytes, givenBytes, remedy },
        `the kernel gave UDP a smaller buffer than asked for, bursts may be lost: ${remedy}, and start again`,
      );
    }
    if (!areDropsTold) {
      this.#buffers += '; what the kernel drops is not told here (no /proc/net/udp)';
      this.#log.warn({ listener }, 'datagrams that the kernel drops cannot be counted: no /proc/net/udp here');
    } else for (let at = 1; at <= sockets; at++) this.meters.kernelDrops.inc({ listener, socket: String(at) }, 0);
    this.#check();
  }

  oneSocketOnly(wanted: number): void {
    this.#log.warn(
      { wanted, node: process.version },
      `OPMAS_UDP_SOCKETS=${wanted} needs Node 22.12 or newer, this is ${process.version}: UDP has one socket`,
    );
  }

  /** What a look at the kernel's counters brought, socket by socket. */
  kernelLook(drops: readonly number[], queuedBytes: number): void {
    const listener = this.#listener;
    this.meters.receiveQueue.set({ listener }, queuedBytes);
    const total = drops.reduce((sum, one) => sum + one, 0);
    if (total === 0) return;
    drops.forEach((one, at) => this.meters.kernelDrops.inc({ listener, socket: String(at + 1) }, one));
    this.#signals.meters.lost.inc({ reason: 'kernel' }, total);
    this.#kernelDrops += total;
    this.#check();
    this.#log.error({ listener, datagrams: total }, 'the kernel dropped datagrams before they could be read');
  }

  #check(): void {
    const drops = this.#kernelDrops > 0 ? `; the kernel dropped ${this.#kernelDrops} datagrams` : '';
    this.#signals.check('udp', true, `${this.#listener}: ${this.#buffers}${drops}`);
  }

  /**
   * `shed`: given up in the journal for newer ones. `journal`: not taken, because nothing older could go. Each is in the
   * log under its sender within 10 s.
   */
  lost(reason: 'shed' | 'journal', sender: string, records: number): void {
    this.#signals.meters.lost.inc({ reason }, records);
    this.#countSender(sender, records);
    this.#lost.add(sender, records);
    this.#timer ??= setTimeout(() => this.report(), REPORT_MS).unref();
  }

  /** What earlier processes on this journal lost. */
  lostBefore(ledger: LossLedger): void {
    for (const [sender, records] of ledger.senders) this.#countSender(sender, records);
    if (ledger.total > 0)
      this.#log.info({ lost: ledger.total }, 'datagrams that this journal lost before, by sender in the metrics');
  }

  #countSender(sender: string, records: number): void {
    const isNamed = this.#series.has(sender) || this.#series.size < MAX_SENDER_SERIES;
    if (isNamed) this.#series.add(sender);
    this.meters.lostDatagrams.inc({ sender: isNamed ? sender : 'others' }, records);
  }

  /** Tells the exact numbers of every sender since the last report. */
  report(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { senders, total } = this.#lost;
    this.#lost.clear();
    for (let at = 0; at < senders.length; at += SENDERS_A_LINE) {
      const some = Object.fromEntries(senders.slice(at, at + SENDERS_A_LINE));
      this.#log.error({ lost: total, senders: some }, 'datagrams lost: the journal has no room for all of them');
    }
  }
}
