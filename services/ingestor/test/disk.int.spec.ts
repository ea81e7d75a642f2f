/** The real ingestor on real disks that are full or read-only: a state that it says, nothing lost, on again by itself. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { NumberedSender, numberedLine } from './numbered-sender.js';
import { linesOf, readRaw } from './raw-stream.js';
import { SmallDisk } from './small-disk.js';

jest.setTimeout(60_000);

const ROUTER = 'attic';
let nats: NatsServer;
const disks: SmallDisk[] = [];
const processes: IngestorProcess[] = [];

beforeEach(async () => {
  nats = await NatsServer.start();
});
afterEach(async () => {
  for (const child of processes.splice(0)) await child.stop('SIGKILL');
  for (const disk of disks.splice(0)) disk.remove();
  await nats.remove();
});

function newDisk(kind: 'tmpfs' | 'ext4', mebibytes: number): SmallDisk {
  const disk = new SmallDisk(kind, mebibytes);
  disks.push(disk);
  return disk;
}

const directoryOn = (disk: SmallDisk): string => join(disk.path, 'journal');

function start(disk: SmallDisk): IngestorProcess {
  const env = { NATS_URL: nats.url, OPMAS_JOURNAL_DIR: directoryOn(disk), OPMAS_JOURNAL_MAX_MIB: '8' };
  const child = new IngestorProcess({ ...env, OPMAS_JOURNAL_SYNC_MS: '20', OPMAS_DRAIN_MS: '500' });
  processes.push(child);
  return child;
}

async function until(what: string, isSo: () => Promise<boolean>, everyMs = 20): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** The journal's check, as /readyz answers. */
async function journalCheck(ports: Ports): Promise<{ status: number; ok: boolean; detail: string }> {
  const answer = await fetch(`http://127.0.0.1:${ports.health}/readyz`);
  const { checks } = (await answer.json()) as { checks: { journal: { ok: boolean; detail: string } } };
  return { status: answer.status, ...checks.journal };
}

const isOpen = async (ports: Ports): Promise<boolean> => (await journalCheck(ports)).ok;
const overTcp = (ports: Ports): Promise<number> => metric(ports, 'accepted_records_total{transport="tcp"');
const bytesOverTcp = (ports: Ports): Promise<number> => metric(ports, 'received_bytes_total{transport="tcp"');

/** Waits until the sender's bytes rest with the kernel; answers how many of them were read. */
async function held(ports: Ports): Promise<number> {
  let before = -1;
  await until('TCP is held back', async () => {
    const now = await bytesOverTcp(ports);
    const isStill = now === before;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isStill && (await metric(ports, 'tcp_paused{transport="tcp"')) === 1;
  });
  return before;
}

/** Sends datagrams; answers their number when each is either accepted or counted as lost. */
async function sendDatagrams(ports: Ports, name: string, count: number): Promise<void> {
  const seen = async (): Promise<number> =>
    (await metric(ports, 'accepted_records_total{transport="udp"')) + (await metric(ports, 'lost_total'));
  const before = await seen();
  const socket = createSocket('udp4');
  for (let i = 0; i < count; i++)
    await new Promise((resolve) => socket.send(`<13>${name} ${i}`, ports.udp, '127.0.0.1', resolve));
  socket.close();
  await until('each datagram is accepted or counted', async () => (await seen()) === before + count);
}

async function expectRefusal(ports: Ports): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${ports.http}/v1/logs`, { method: 'POST', body: 'over http' });
  expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
    503,
    '5',
    'application/problem+json',
  ]);
  expect(await answer.json()).toMatchObject({ status: 503, title: 'Service Unavailable' });
}

/** What the ingestor does by interval, here at a known moment. */
function sync(file: string): void {
  const fd = openSync(file, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

/** Waits until the stream holds so many lines, and answers those of the router. */
async function stored(count: number): Promise<string[]> {
  let lines: string[] = [];
  const read = async (): Promise<boolean> => {
    lines = linesOf(await readRaw(nats.url));
    return lines.filter((line) => line.includes(` ${ROUTER} `)).length >= count;
  };
  await until(`${count} lines of the router are stored`, read, 200);
  return lines.filter((line) => line.includes(` ${ROUTER} `));
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => numberedLine(ROUTER, i));

/** `it`, or where a disk of the kind cannot be had, a skip that says why. */
function itOn(kind: 'tmpfs' | 'ext4'): typeof it | typeof it.skip {
  const reason = SmallDisk.absence(kind);
  if (reason !== null) process.stderr.write(`the specs of a full or read-only disk are skipped: ${reason}\n`);
  return reason === null ? it : it.skip;
}
const itOnTmpfs = itOn('tmpfs');
const itOnExt4 = itOn('ext4');

describe('a full disk', () => {
  itOnTmpfs(
    'holds TCP and HTTP back and counts what UDP loses, and receiving goes on when there is space',
    async () => {
      const disk = newDisk('tmpfs', 16);
      const child = start(disk);
      const ports = await child.ports();
      await child.logged('ready');
      const sender = new NumberedSender(ports.tcp, ROUTER);
      await until('lines come', async () => (await overTcp(ports)) > 500);
      await sendDatagrams(ports, 'before', 20);
      disk.fill();
      await until('it is said', async () => !(await isOpen(ports)));
      expect(await journalCheck(ports)).toMatchObject({
        status: 503,
        detail: expect.stringMatching(/^the journal cannot be written \(the disk is full: ENOSPC.*UDP is lost/),
      });
      const lineBytes = sender.lineBytes;
      expect(await metric(ports, 'journal_pressure')).toBe(3);
      const readBytes = await held(ports);
      // What was read is on the disk although it is full: there was a reserve.
      expect(await overTcp(ports)).toBe(Math.floor(readBytes / lineBytes));
      await expectRefusal(ports);
      await sendDatagrams(ports, 'meanwhile', 100);
      expect(await metric(ports, 'lost_total{reason="journal"')).toBe(100);
      disk.free();
      await until('there is space', () => isOpen(ports));
      await sendDatagrams(ports, 'after', 20);
      await until('the lines go on', async () => (await overTcp(ports)) > readBytes / lineBytes);
      await sender.stop();
      expect(await stored(sender.next)).toEqual(numbered(sender.next));
      const datagrams = linesOf(await readRaw(nats.url)).filter((line) => line.startsWith('<13>'));
      expect(datagrams.filter((line) => line.startsWith('<13>meanwhile'))).toEqual([]);
      expect(new Set(datagrams).size).toBe(40);
      expect(await child.stop('SIGTERM')).toBe(0);
    },
  );

  itOnTmpfs('and a kill lose nothing that was read; a start on the full disk publishes it and waits', async () => {
    const disk = newDisk('tmpfs', 16);
    const child = start(disk);
    const ports = await child.ports();
    await child.logged('ready');
    // The journal has the only copy.
    await nats.kill();
    const sender = new NumberedSender(ports.tcp, ROUTER);
    await until('lines come', async () => (await overTcp(ports)) > 500);
    disk.fill();
    const readBytes = await held(ports);
    await child.stop('SIGKILL');
    await sender.stop();
    const whole = Math.floor(readBytes / sender.lineBytes);
    expect(sender.next).toBeGreaterThan(whole);

    const again = start(disk);
    const portsAgain = await again.ports();
    expect(await journalCheck(portsAgain)).toMatchObject({
      status: 503,
      detail: expect.stringContaining('disk is full'),
    });
    expect(await metric(portsAgain, 'journal_pressure')).toBe(3);
    await expectRefusal(portsAgain);
    await nats.start();
    await again.logged('ready');
    const rest = new NumberedSender(portsAgain.tcp, ROUTER, whole);
    disk.free();
    await until('there is space', () => isOpen(portsAgain));
    await until('the rest comes', async () => (await overTcp(portsAgain)) > 100);
    await rest.stop();
    expect(await stored(rest.next)).toEqual(numbered(rest.next));
  });
});

describe('a disk that becomes read-only', () => {
  itOnExt4('for a while costs nothing; for good, only what was not on it before', async () => {
    const disk = newDisk('ext4', 32);
    const child = start(disk);
    const ports = await child.ports();
    await child.logged('ready');
    await nats.kill();
    const segment = join(
      directoryOn(disk),
      readdirSync(directoryOn(disk)).find((name) => name.endsWith('.journal'))!,
    );
    const sender = new NumberedSender(ports.tcp, ROUTER);
    await until('lines come', async () => (await overTcp(ports)) > 500);
    disk.protect(segment, true);
    await until('it is said', async () => (await journalCheck(ports)).detail.includes('the disk is read-only'));
    const first = Math.floor((await held(ports)) / sender.lineBytes);
    await expectRefusal(ports);
    await sendDatagrams(ports, 'meanwhile', 50);
    expect(await metric(ports, 'lost_total{reason="journal"')).toBe(50);
    disk.protect(segment, false);
    await until('it is writable', () => isOpen(ports));
    await until('the lines go on', async () => (await overTcp(ports)) > first);

    const safe = await overTcp(ports);
    sync(segment);
    disk.abort();
    await until('it is said', async () => (await journalCheck(ports)).detail.includes('the disk is read-only: EROFS'));
    await held(ports);
    await expectRefusal(ports);
    await child.stop('SIGTERM');
    expect(child.output).toContain('what was read last is lost, the journal could not be written');
    await sender.stop();

    const onReadOnly = start(disk);
    expect((await onReadOnly.ended).code).toBe(1);
    expect(onReadOnly.output).toContain(`the journal in ${directoryOn(disk)} (OPMAS_JOURNAL_DIR) cannot be opened`);
    expect(onReadOnly.output).toContain('the disk is read-only: EROFS');
    disk.unmount();
    disk.mount();
    await nats.start();
    await start(disk).logged('ready');
    const kept = await stored(safe);
    expect(kept).toEqual(numbered(kept.length));
  });
});

describe('a first start', () => {
  itOnTmpfs('on a full or read-only disk names the disk, its state and the variable', async () => {
    const disk = newDisk('tmpfs', 4);
    disk.fill();
    const onFull = start(disk);
    expect((await onFull.ended).code).toBe(1);
    expect(onFull.output).toContain(`the journal in ${directoryOn(disk)} (OPMAS_JOURNAL_DIR) cannot be opened`);
    expect(onFull.output).toContain('the disk is full: ENOSPC');
    disk.free();
    disk.remount('ro');
    const onReadOnly = start(disk);
    expect((await onReadOnly.ended).code).toBe(1);
    expect(onReadOnly.output).toContain('(OPMAS_JOURNAL_DIR) cannot be opened: the disk is read-only: EROFS');
    disk.remount('rw');
    const child = start(disk);
    const ports = await child.ports();
    await child.logged('ready');
    expect(await isOpen(ports)).toBe(true);
  });
});
