/**
 * Stops that outlast what JetStream remembers of message ids (here 100 ms instead of two minutes): nothing that it has
 * already, acknowledged or not, is published again.
 */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { NumberedSender, numberedLine } from './numbered-sender.js';
import { linesOf, readRaw } from './raw-stream.js';

jest.setTimeout(60_000);

const WINDOW_MS = 100;
const LONG_MS = WINDOW_MS * 6;
const ROUTER = 'attic';

let nats: NatsServer;
let directory: string;
const processes: IngestorProcess[] = [];

beforeEach(async () => {
  nats = await NatsServer.start();
  directory = mkdtempSync(join(tmpdir(), 'ingestor-stop-'));
});
afterEach(async () => {
  for (const child of processes.splice(0)) await child.stop('SIGKILL');
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

function start(): IngestorProcess {
  const env = { NATS_URL: nats.url, OPMAS_JOURNAL_DIR: directory, OPMAS_DUPLICATE_WINDOW_MS: String(WINDOW_MS) };
  // Small frames: many are on their way at any moment.
  const child = new IngestorProcess({ ...env, OPMAS_FRAME_RECORDS: '20', OPMAS_FRAME_MS: '1' });
  processes.push(child);
  return child;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const published = (ports: Ports): Promise<number> => metric(ports, 'published_records_total');

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(50);
  }
}

/** Each line once and in order: all that the journal has was published, or was seen to be there. */
async function expectOnce(ports: Ports, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => numberedLine(ROUTER, i));
  await until('the journal is drained', async () => (await metric(ports, 'unpublished_frames')) === 0);
  expect(linesOf(await readRaw(nats.url))).toEqual(lines);
}

describe('what JetStream has already', () => {
  it('is not published again by an ingestor that was killed and stays away for long', async () => {
    const child = start();
    const first = await child.ports();
    await child.logged('ready');
    const sender = new NumberedSender(first.tcp, ROUTER);
    await until('some are stored', async () => (await published(first)) > 300);
    await sender.stop();
    await until('all are stored', async () => (await published(first)) === sender.next);
    await child.stop('SIGKILL');
    await sleep(LONG_MS);
    const again = start();
    const ports = await again.ports();
    await again.logged('ready');
    const more = new NumberedSender(ports.tcp, ROUTER, sender.next);
    await until('the next are stored', async () => (await published(ports)) > sender.next);
    await more.stop();
    await until('all are stored', async () => (await published(ports)) === more.next);
    await expectOnce(ports, more.next);
  });

  it('is not published again after a pause in which its acknowledgements were lost, and NATS restarted', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    const sender = new NumberedSender(ports.tcp, ROUTER);
    for (let i = 1; i <= 3; i++) {
      const before = await published(ports);
      await until('frames go out', async () => (await published(ports)) > before + 50);
      process.kill(child.pid, 'SIGSTOP');
      // NATS stores what was on its way; its answers are lost with it.
      await sleep(50);
      await nats.kill();
      await sleep(LONG_MS);
      await nats.start();
      process.kill(child.pid, 'SIGCONT');
    }
    await sender.stop();
    await until('all are stored', async () => (await published(ports)) === sender.next);
    await expectOnce(ports, sender.next);
  });
});
