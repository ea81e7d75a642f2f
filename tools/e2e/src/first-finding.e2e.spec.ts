import type { TestStack } from '@opmas/embedded';
import { findOrInstall, startStack } from '@opmas/embedded';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { ApiClient } from './api-client.js';

jest.setTimeout(180_000);

const run = promisify(execFile);
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Finding {
  id: string;
  ruleId: string;
  title: string;
  count: number;
  group: Record<string, string>;
  evidence: string[];
}

describe('from a sender to the browser', () => {
  let stack: TestStack;
  let api: ApiClient;
  let browser: Browser | null = null;
  const pages = async (): Promise<Page> => {
    const found = await findOrInstall('chromium');
    if (found.path === null) throw new Error(`no browser: ${found.reason}`);
    browser ??= await chromium.launch({ executablePath: found.path, args: CHROMIUM_FLAGS });
    return browser.newPage({ viewport: { width: 1440, height: 900 } });
  };

  beforeAll(async () => {
    stack = await startStack({ services: ['ui', 'query-api', 'actions', 'agents', 'parser', 'ingestor'] });
    api = await ApiClient.signIn(stack.endpoints.api, stack.admin);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  it('makes ten lines of a real logger a finding with its evidence and a proposed repair, seen in the browser', async () => {
    const logger = await findOrInstall('logger');
    expect(logger.path).not.toBeNull();
    const page = await pages();
    await page.goto(stack.endpoints.ui);
    await page.getByLabel(/user/i).fill(stack.admin.username);
    await page
      .getByLabel(/password/i)
      .first()
      .fill(stack.admin.password);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page
      .getByRole('link', { name: /findings/i })
      .first()
      .click();

    const { port } = new URL(stack.endpoints.syslogUdp);
    const line = "Bad password attempt for 'root' from 203.0.113.9:4711";
    for (let i = 0; i < 10; i++) await run(logger.path!, ['-n', '127.0.0.1', '-P', port, '-d', '-t', 'dropbear', line]);
    const sentAt = performance.now();

    const finding = await api.until<Finding>('/api/v1/findings', (items) =>
      items.find(({ ruleId }) => /brute/.test(ruleId)),
    );
    expect(performance.now() - sentAt).toBeLessThan(10_000);
    expect(finding.group).toMatchObject({ sourceIp: '203.0.113.9' });
    await page
      .getByText(/password guessing/i)
      .first()
      .waitFor({ timeout: 10_000 });

    await api.until('/api/v1/findings', (items: Finding[]) =>
      items.find(({ id, count }) => id === finding.id && count === 10),
    );
    const evidence = await api.get<{ items: { message: string; raw: string }[] }>(
      `/api/v1/findings/${finding.id}/evidence`,
    );
    expect(evidence.items.map(({ message }) => message)).toEqual(Array<string>(10).fill(line));
    const action = await api.until<{ id: string; status: string; name: string; commands: string[][] }>(
      `/api/v1/actions?findingId=${finding.id}`,
      (items) => items[0],
    );
    expect(action).toMatchObject({ status: 'proposed', name: 'block-address' });
    expect(JSON.stringify(action.commands)).toContain('203.0.113.9');
    await page.close();
  });

  it('lets an operator reject the repair, once, and says who did', async () => {
    const actions = await api.get<{ items: { id: string }[] }>('/api/v1/actions');
    const path = `/api/v1/actions/${actions.items[0]!.id}/reject`;
    expect((await api.post(path, { reason: 'a test of ours' })).status).toBe(202);
    await api.until('/api/v1/actions', (items: { status: string }[]) =>
      items.find(({ status }) => status === 'rejected'),
    );
    const again = await api.post(path, { reason: 'once more' });
    expect(again.status).toBe(409);
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect(await again.text()).toContain('admin');
  });
});
