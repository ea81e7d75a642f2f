import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { NatsServer } from '../spec-support/nats-server.js';
import { startNatsServer } from '../spec-support/nats-server.js';
import { Health } from '../health.js';
import { createLog } from '../telemetry/log.js';
import { connectBus } from './bus.js';

jest.setTimeout(30_000);

describe('a NATS server that wants a password', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNatsServer(['--user', 'opmas', '--pass', 'p@ss']);
  });
  afterAll(async () => {
    await server.remove();
  });

  it('is entered with the credentials of its URL, which no health check repeats', async () => {
    const health = new Health();
    const url = server.url.replace('nats://', 'nats://opmas:p%40ss@');
    const bus = await connectBus({ url, name: 'spec', log: createLog('spec', 'fatal'), health });
    try {
      expect((await bus.jsm.getAccountInfo()).streams).toBe(0);
      expect(JSON.stringify(health.ready())).not.toContain('p@ss');
    } finally {
      await bus.close();
    }
  });
});
