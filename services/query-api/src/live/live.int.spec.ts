import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { WebSocket } from 'ws';
import type { TestApi } from '../spec-support/api.js';
import { startApi } from '../spec-support/api.js';
import { events, findingOpened, publishFindings, publishFrame } from '../spec-support/frames.js';
import { eventually } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';
import * as answers from '../http/answers.js';

interface Message {
  channel?: string;
  items?: { id: string; deviceId: string; type: string }[];
  item?: { id: string };
  skipped?: number;
  error?: { detail: string };
}

jest.setTimeout(30_000);

let servers: Servers;
let api: TestApi;
const sockets: WebSocket[] = [];
let number = 0;

beforeAll(async () => {
  servers = await startServers();
  api = await startApi(servers);
}, 60_000);

afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await api.close();
  await servers.stop();
}, 30_000);

async function open(
  base: TestApi,
  command: object | string,
  token = base.token,
): Promise<{ messages: Message[]; closed: Promise<number> }> {
  const socket = new WebSocket(`${base.url.replace('http', 'ws')}/api/v1/live?token=${token}`);
  sockets.push(socket);
  const messages: Message[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.send(typeof command === 'string' ? command : JSON.stringify(command));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { messages, closed };
}

function publish(count: number): Promise<number> {
  number += 1;
  const records = events({ shard: 0, ingestor: 'live', number }, count, Date.now() * 1000);
  return publishFrame(api.bus, { shard: 0, ingestor: 'live', number, records });
}

const eventsOf = (messages: Message[]) =>
  messages.filter((message) => message.channel === 'events').flatMap((message) => message.items ?? []);

describe('live', () => {
  it('refuses a token that is not valid with 4401', async () => {
    const { closed } = await open(api, { subscribe: [] }, 'nonsense');
    expect(await closed).toBe(4401);
  });

  it('says what is wrong with a command', async () => {
    const { messages } = await open(api, { subscribe: ['evnts'], colour: 1 });
    expect(messages[0]?.error?.detail).toContain('expected one of events, findings');
    const other = await open(api, 'no json');
    expect(other.messages[0]?.error?.detail).toBe('expected a JSON object');
  });

  it('sends events that pass the filter, and the overview each second', async () => {
    const { messages } = await open(api, {
      subscribe: ['events', 'overview'],
      filter: { type: 'security.login.failed', deviceId: 'dev9,dev12' },
    });
    await publish(60);
    await eventually('events', () => Promise.resolve(eventsOf(messages).length > 0));
    await eventually('two overviews', () =>
      Promise.resolve(messages.filter(({ channel }) => channel === 'overview').length >= 2),
    );
    for (const event of eventsOf(messages)) {
      expect(event.type).toBe('security.login.failed');
      expect(['dev9', 'dev12']).toContain(event.deviceId);
    }
    const overview = messages.find(({ channel }) => channel === 'overview')!;
    expect(answers.overviewAnswer.safeParse(overview.item).success).toBe(true);
  });

  it('sends whole findings, and the device that they are about', async () => {
    const { messages } = await open(api, { subscribe: ['findings', 'devices'] });
    await publishFindings(api.bus, 'live-0-77', [findingOpened('live-finding', 'dev1', Date.now() * 1000)]);
    await eventually('the finding', () => Promise.resolve(messages.length > 0));
    expect(messages[0]).toMatchObject({ channel: 'findings', item: { id: 'live-finding', status: 'open' } });
    expect(answers.findingAnswer.safeParse(messages[0]!.item).success).toBe(true);
  });

  it('says how many events it left out at a high rate, and loses none in the sum', async () => {
    const { messages } = await open(api, { subscribe: ['events'] });
    for (let i = 0; i < 20; i++) await publish(200);
    const sum = () => messages.reduce((total, { items, skipped }) => total + (items?.length ?? 0) + (skipped ?? 0), 0);
    await eventually('all of them', () => Promise.resolve(sum() >= 4000));
    expect(sum()).toBe(4000);
    expect(messages.every(({ items }) => (items?.length ?? 0) <= 100)).toBe(true);
  });

  it("reaches another replica's listeners through Redis", async () => {
    const secret = api.secretFile;
    const other = await startApi(servers, { OPMAS_SECRET_FILE: secret });
    try {
      const { messages } = await open(other, { subscribe: ['events', 'findings'] });
      await publish(10);
      await publishFindings(api.bus, 'live-0-78', [findingOpened('far-finding', 'dev1', Date.now() * 1000)]);
      await eventually('both', () =>
        Promise.resolve(eventsOf(messages).length > 0 && messages.some(({ item }) => item?.id === 'far-finding')),
      );
      const ids = eventsOf(messages).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    } finally {
      for (const socket of sockets) socket.terminate();
      await other.close();
    }
  }, 30_000);
});
