import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { download } from './releases.mjs';

describe('a download', () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/there' ? 200 : 404).end('the archive');
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const sum = createHash('sha256').update('the archive').digest('hex');

  it('is taken where its digest is the pinned one', async () => {
    expect((await download(`${base}/there`, sum)).toString()).toBe('the archive');
  });

  it('is refused where it is another file', async () => {
    await expect(download(`${base}/there`, sum.replace(/^./, 'x'))).rejects.toThrow(
      /has SHA-256 .* expected x.*: not used/,
    );
  });

  it('says what went wrong', async () => {
    await expect(download(`${base}/gone`, sum)).rejects.toThrow(/status 404/);
    await expect(download('http://127.0.0.1:1/x', sum)).rejects.toThrow(/cannot download http:\/\/127\.0\.0\.1:1\/x/);
  });
});
