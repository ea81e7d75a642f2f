/** Imports over HTTP as people and collectors send them: compressed, damaged, too large, in several formats. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { compress, isLoaded } from '@foxglove/wasm-zstd';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { IngestorProcess } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { readRaw } from './raw-stream.js';

jest.setTimeout(60_000);

const MAX_BYTES = 1024 * 1024;
let nats: NatsServer;
let directory: string;
let child: IngestorProcess;
let ports: Ports;

beforeAll(async () => {
  await isLoaded;
  nats = await NatsServer.start();
  directory = mkdtempSync(join(tmpdir(), 'ingestor-import-'));
  child = new IngestorProcess({ NATS_URL: nats.url, OPMAS_JOURNAL_DIR: directory, OPMAS_HTTP_MAX_BODY_MIB: '1' });
  ports = await child.ports();
  await child.logged('ready');
});

afterAll(async () => {
  await child.stop('SIGKILL');
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${ports.http}/v1/logs`, { method: 'POST', body, headers });

async function answerTo(body: string | Buffer, headers: Record<string, string> = {}): Promise<[number, unknown]> {
  const answer = await post(body, headers);
  return [answer.status, await answer.json()];
}

/** Sends without a length, as a pipe does, and reads the answer while it sends. */
function stream(chunks: Buffer[], headers: Record<string, string>): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const sending = request(
      { port: ports.http, host: '127.0.0.1', path: '/v1/logs', method: 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (data: Buffer) => (text += data.toString()));
        response.on('end', () => resolve([response.statusCode!, text]));
      },
    );
    sending.on('error', reject);
    for (const chunk of chunks) sending.write(chunk);
    sending.end();
  });
}

async function stored(text: string): Promise<{ raw: string; key: string }[]> {
  const frames = await readRaw(nats.url);
  return frames.flatMap(({ records }) => records).filter(({ raw }) => raw.includes(text));
}

const lines = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `<30>Nov 23 20:35:17 attic app: ${word} ${i}`);
const pack = { gzip: gzipSync, zstd: (text: string) => compress(Buffer.from(text)) };

describe('a compressed import', () => {
  it.each(['gzip', 'zstd'] as const)('in %s is stored line by line', async (encoding) => {
    const body = pack[encoding](`${lines(encoding, 3000).join('\n')}\n`);
    const [status, answer] = await answerTo(body, { 'content-encoding': encoding });
    expect([status, answer]).toMatchObject([200, { accepted: 3000 }]);
    expect((await stored(` ${encoding} `)).length).toBe(3000);
    const file = pack[encoding](`${lines(`${encoding}-file`, 10).join('\r\n')}\r\n`);
    expect(await answerTo(file)).toMatchObject([200, { accepted: 10 }]);
    expect((await stored(`${encoding}-file 9`)).map(({ raw }) => raw)).toEqual([lines(`${encoding}-file`, 10)[9]]);
  });

  it.each(['gzip', 'zstd'] as const)(
    'in %s that is cut short or a bomb says so, and stores nothing',
    async (encoding) => {
      const headers = { 'content-encoding': encoding };
      const body = pack[encoding](`${lines('never', 3000).join('\n')}\n`);
      const [status, problem] = await answerTo(body.subarray(0, body.length >> 1), headers);
      expect([status, problem]).toMatchObject([
        400,
        { accepted: 0, detail: expect.stringMatching(/is cut short.*nothing of this body was stored/) },
      ]);
      const bomb = pack[encoding]('never\n'.repeat(10_000_000));
      expect(await answerTo(bomb, headers)).toMatchObject([
        413,
        { accepted: 0, maxBytes: MAX_BYTES, detail: expect.stringContaining(`more than ${MAX_BYTES} bytes`) },
      ]);
      expect(await stored('never')).toEqual([]);
    },
  );

  it('in anything else is told what is understood', async () => {
    const answer = await post('x', { 'content-encoding': 'compress' });
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'gzip, zstd, deflate, identity']);
  });

  it('is the same import under its key, however it is compressed', async () => {
    const text = `${lines('same', 100).join('\n')}\n`;
    const headers = { 'idempotency-key': 'compressed-twice' };
    const first = await answerTo(text, headers);
    expect(first[0]).toBe(200);
    expect(await answerTo(pack.gzip(text), { ...headers, 'content-encoding': 'gzip' })).toEqual(first);
    expect(await answerTo(pack.zstd(text), { ...headers, 'content-encoding': 'zstd' })).toEqual(first);
    expect((await stored(' same ')).length).toBe(100);
  });
});

describe('an import that is too large', () => {
  it('is told so also while it is still being sent', async () => {
    const chunk = Buffer.from('<13>too large\n'.repeat(5000));
    const [status, text] = await stream(Array<Buffer>(200).fill(chunk), { 'content-type': 'text/plain' });
    expect([status, JSON.parse(text)]).toMatchObject([413, { maxBytes: MAX_BYTES }]);
    expect(await stored('too large')).toEqual([]);
  });
});

describe('JSON', () => {
  it('may be an array of records, with lines or with the fields of their headers', async () => {
    const records = [
      { line: '<30>Nov 23 20:35:17 attic app: from an array' },
      { message: 'from an array', hostname: 'Cellar', appname: 'dnsmasq', severity: 'warning', facility: 'daemon' },
    ];
    const headers = { 'content-type': 'application/json' };
    expect(await answerTo(JSON.stringify(records), headers)).toMatchObject([200, { accepted: 2 }]);
    expect((await stored('from an array')).map(({ key, raw }) => [key, raw]).sort()).toEqual([
      ['host:attic', records[0]!.line],
      ['host:cellar', '<28>1 - Cellar dnsmasq - - - from an array'],
    ]);
    expect(await answerTo('[{"line":"a"},{"lime":1}]', headers)).toMatchObject([422, { errors: [{ line: 2 }] }]);
    expect(await answerTo('[{"line":"a"}', headers)).toMatchObject([422, { accepted: 0 }]);
  });
});
