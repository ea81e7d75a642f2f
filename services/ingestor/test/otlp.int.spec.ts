/** OTLP logs from OpenTelemetry's own exporters, and from senders that do it wrong, lose answers and try again. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { attributes, encodeProtobuf, requestOf, value } from '../src/spec-support/otlp-message.js';
import type { LogRecord } from '../src/spec-support/otlp-message.js';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { readRaw } from './raw-stream.js';

jest.setTimeout(60_000);

let nats: NatsServer;
let directory: string;
let child: IngestorProcess;
let ports: Ports;

async function start(env: Record<string, string> = {}): Promise<void> {
  child = new IngestorProcess({
    NATS_URL: nats.url,
    OPMAS_JOURNAL_DIR: directory,
    OPMAS_HTTP_MAX_BODY_MIB: '1',
    ...env,
  });
  ports = await child.ports();
  await child.logged('ready');
}

beforeEach(async () => {
  nats = await NatsServer.start();
  directory = mkdtempSync(join(tmpdir(), 'ingestor-otlp-'));
  await start();
});

afterEach(async () => {
  await child.stop('SIGKILL');
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${ports.otlp}/v1/logs`;
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

const post = (body: string | Buffer, headers: Record<string, string>, to = url()): Promise<Response> =>
  fetch(to, { method: 'POST', body, headers });

async function stored(): Promise<{ raw: string; key: string; transport: string }[]> {
  return (await readRaw(nats.url)).flatMap(({ records }) => records);
}

const someRecords = (count: number, time: string | undefined = '1795466117000000000'): LogRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    ...(time === undefined ? {} : { observedTimeUnixNano: time }),
    body: value(`<30>Nov 23 20:35:17 router-${i % 5} app: line ${i}`),
  }));

describe('an exporter of the SDK', () => {
  it.each<[string, (to: string) => LogRecordExporter]>([
    ['protobuf', (to) => new ProtobufExporter({ url: to })],
    ['JSON', (to) => new JsonExporter({ url: to })],
    ['gzip', (to) => new ProtobufExporter({ url: to, compression: 'gzip' as never })],
  ])('delivers over %s, each record once', async (_, exporterTo) => {
    const exporter = exporterTo(url());
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'relay', 'host.name': 'gw-1' }),
      processors: [new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 100 })],
    });
    const logger = provider.getLogger('spec');
    for (let i = 0; i < 250; i++) logger.emit({ body: `record ${i}`, severityNumber: 13, attributes: { i } });
    logger.emit({ body: '<30>Nov 23 20:35:17 attic hostapd: AP-ENABLED' });
    await provider.forceFlush();
    await provider.shutdown();
    const records = await stored();
    expect(new Set(records.map(({ transport }) => transport))).toEqual(new Set(['otlp']));
    const numbers = records.map(({ raw }) => /^<12>1 \S+ gw-1 relay .* record (\d+)$/.exec(raw)?.[1]).filter(Boolean);
    expect(numbers.map(Number)).toEqual(Array.from({ length: 250 }, (_, i) => i));
    expect(records.filter(({ key }) => key === 'host:gw-1').length).toBe(250);
    expect(records.find(({ key }) => key === 'host:attic')?.raw).toBe('<30>Nov 23 20:35:17 attic hostapd: AP-ENABLED');
  });
});

describe('a request', () => {
  it('is answered in its own encoding, and told what of it was not taken', async () => {
    const request = requestOf([...someRecords(2), { severityNumber: 9 }]);
    const answer = await post(encodeProtobuf(request), PROTOBUF);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    const text = Buffer.from(await answer.arrayBuffer());
    expect([text[0], text[2], text[3]]).toEqual([0x0a, 0x08, 1]);
    expect(text.toString()).toContain('neither a body nor attributes: numbers 2');
    const json = await post(JSON.stringify(requestOf(someRecords(1, '1795466118000000000'))), JSON_TYPE);
    expect([json.status, await json.json()]).toEqual([200, {}]);
    const empty = await post('', PROTOBUF);
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([200, 0]);
    expect((await stored()).length).toBe(3);
  });

  it('that is wrong is refused with a google.rpc.Status, for good', async () => {
    const refused = async (body: string | Buffer, headers: Record<string, string>, to?: string): Promise<unknown> => {
      const answer = await post(body, headers, to);
      return [answer.status, answer.headers.get('retry-after'), ((await answer.json()) as { code: number }).code];
    };
    expect(await refused('{"resourceLogs":[', JSON_TYPE)).toEqual([400, null, 3]);
    expect(await refused(gzipSync('{}').subarray(0, 8), { ...JSON_TYPE, 'content-encoding': 'gzip' })).toEqual([
      400,
      null,
      3,
    ]);
    expect(await refused('{}', { ...JSON_TYPE, 'content-encoding': 'snappy' })).toEqual([415, null, 3]);
    expect(await refused('{}', { 'content-type': 'text/plain' })).toEqual([415, null, 3]);
    expect(await refused(`{"x":"${'x'.repeat(2e6)}"}`, JSON_TYPE)).toEqual([413, null, 3]);
    expect(await refused(gzipSync('x'.repeat(2e6)), { ...JSON_TYPE, 'content-encoding': 'gzip' })).toEqual([
      413,
      null,
      3,
    ]);
    expect(await refused('{}', JSON_TYPE, url().replace('logs', 'traces'))).toEqual([404, null, 5]);
    const answer = await post(Buffer.from([0x0a, 0xff, 0xff, 0xff]), PROTOBUF);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    expect((await fetch(url())).status).toBe(405);
    expect(await stored()).toEqual([]);
  });

  it('whose lines would be many times its size is refused', async () => {
    const resource = { note: 'x'.repeat(30_000) };
    const records = Array.from({ length: 1000 }, (_, i) => ({ body: value(`${i}`) }));
    const answer = await post(encodeProtobuf(requestOf(records, resource)), PROTOBUF);
    expect(answer.status).toBe(413);
    expect(await stored()).toEqual([]);
  });

  it('has its lines under the key of the host that it names', async () => {
    const request = requestOf(
      [
        { body: value('<30>Nov 23 20:35:17 OpenWrt app: nameless') },
        { body: value('plain'), attributes: attributes({ hostname: 'cellar', appname: 'app' }) },
      ],
      { 'host.name': 'gateway' },
    );
    expect((await post(encodeProtobuf(request), PROTOBUF)).status).toBe(200);
    expect((await stored()).map(({ key }) => key).sort()).toEqual(['host:cellar', 'host:gateway']);
  });
});

describe('a request whose answer is lost', () => {
  it('is stored once when it comes again, through a kill in between', async () => {
    const body = encodeProtobuf(requestOf(someRecords(5000)));
    const lost = post(body, PROTOBUF).catch(() => null);
    for (let isStored = false; !isStored;) isStored = (await metric(ports, 'accepted_records_total')) > 0;
    await child.stop('SIGKILL');
    await lost;
    await start();
    for (let i = 0; i < 2; i++) expect((await post(body, PROTOBUF)).status).toBe(200);
    const lines = (await stored()).map(({ raw }) => raw);
    expect(lines.length).toBe(5000);
    expect(new Set(lines).size).toBe(5000);
  });

  it('is stored again where nothing tells it from another one that says the same', async () => {
    const body = encodeProtobuf(requestOf([{ body: value('<30>Nov 23 20:35:17 attic app: again') }]));
    for (let i = 0; i < 2; i++) expect((await post(body, PROTOBUF)).status).toBe(200);
    expect((await stored()).length).toBe(2);
  });

  it('is told to come back while JetStream is away, and an exporter does', async () => {
    await nats.kill();
    let answer: Response;
    do answer = await post(encodeProtobuf(requestOf(someRecords(1))), PROTOBUF);
    while (answer.status === 200);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    // The exporter waits as long as it is told to: a relay in front tells it less.
    const relay = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void post(Buffer.concat(chunks), PROTOBUF).then(async (own) => {
          response.writeHead(own.status, own.status === 503 ? { 'retry-after': '1' } : {});
          response.end(Buffer.from(await own.arrayBuffer()));
        });
      });
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const exporter = new ProtobufExporter({ url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/v1/logs` });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    provider.getLogger('spec').emit({ body: 'came back' });
    const flushed = provider.forceFlush();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await nats.start();
    await flushed;
    await provider.shutdown();
    relay.closeAllConnections();
    relay.close();
    expect((await stored()).filter(({ raw }) => raw.endsWith('came back')).length).toBe(1);
  });
});

it('the port can be closed', async () => {
  await child.stop('SIGTERM');
  await start({ OTLP_HTTP_PORT: 'off' });
  expect(ports.otlp).toBe(0);
});
