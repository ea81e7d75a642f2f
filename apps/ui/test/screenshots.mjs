/**
 * Takes a picture of every page: light and dark, wide and narrow, full, empty, loading and failed.
 * `npm run screenshots -w @opmas/ui` (SHOTS_DIR, default /tmp/ui-shots; SHOTS_ONLY, a part of a name). Needs a build and
 * Chromium (CHROMIUM, default /usr/bin/chromium). With DOCS_IMAGE=FILE it takes the overview for the README, and only that. Ends with 1 when a page logs an error or scrolls sideways.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startFixtureApi } from './fixture-api.mjs';

const DIR = process.env.SHOTS_DIR ?? '/tmp/ui-shots';
const ONLY = process.env.SHOTS_ONLY ?? '';
const SERVER = fileURLToPath(new URL('../server.mjs', import.meta.url));
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

function pagesOf({ world }) {
  const finding = world.findings[0].id;
  const action = (status) => world.actions.find((each) => each.status === status).id;
  const device = world.findings[0].deviceId;
  return {
    overview: '/',
    findings: '/findings',
    finding: `/findings/${finding}`,
    events: '/events?range=6h',
    'events-open': `/events?range=1h&event=${world.events[40].id}`,
    'events-filtered': '/events?range=24h&domain=security&severity=!7&q=203.0.113.9&show=raw',
    'events-live': '/events?range=15m&live=1',
    devices: '/devices',
    device: `/devices/${device}`,
    actions: '/actions',
    'action-proposed': `/actions/${action('proposed')}`,
    'action-failed': `/actions/${action('failed')}`,
    rules: '/rules',
    unattributed: '/unattributed',
    users: '/users',
    'not-found': '/nowhere',
  };
}

const STATES = [
  'overview',
  'findings',
  'events',
  'devices',
  'device',
  'actions',
  'rules',
  'unattributed',
  'users',
  'finding',
];

async function startServer(apiPort) {
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, UI_PORT: '0', API_URL: `http://127.0.0.1:${apiPort}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line);
    if (entry.msg === 'listening') return { child, origin: `http://127.0.0.1:${entry.port}` };
  }
  throw new Error('the UI server ended before it listened');
}

async function main() {
  mkdirSync(DIR, { recursive: true });
  const api = await startFixtureApi();
  const { child, origin } = await startServer(api.port);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS });
  const faults = [];
  try {
    if (process.env.DOCS_IMAGE) return await shootForDocs(browser, origin, process.env.DOCS_IMAGE);
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const theme of ['light', 'dark']) await shootAll({ browser, origin, api, size, viewport, theme, faults });
    }
  } finally {
    await browser.close();
    child.kill('SIGTERM');
    api.close();
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

async function shootForDocs(browser, origin, path) {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 1120 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  await page.goto(origin);
  await page.fill('input[name=username]', 'admin');
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.waitForSelector('.u-over');
  await page.waitForTimeout(1500);
  await page.screenshot({ path });
}

async function shootAll({ browser, origin, api, size, viewport, theme, faults }) {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  let current = '';
  let mayFail = false;
  page.on('console', (message) => {
    if (message.type() === 'error' && !(mayFail && /503|Failed to load/.test(message.text())))
      faults.push(`${current}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`${current}: ${error.message}`));
  const shoot = async (name, fullPage = false) => {
    current = `${name}-${size}-${theme}`;
    if (!current.includes(ONLY)) return;
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) faults.push(`${current}: ${overflow} px wider than the window`);
    await page.screenshot({ path: join(DIR, `${current}.png`), fullPage });
  };
  const open = async (name, path, settleMs = 900) => {
    current = `${name}-${size}-${theme}`;
    if (!current.includes(ONLY)) return;
    await page.goto(origin + path);
    await page.waitForTimeout(settleMs);
  };

  await open('sign-in', '/');
  await page.goto(origin + '/');
  await page.waitForSelector('input[name=username]');
  await shoot('sign-in');
  await page.fill('input[name=username]', 'admin');
  await page.fill('input[name=password]', 'wrong');
  await page.click('button[type=submit]');
  mayFail = true;
  current = 'sign-in';
  await page.waitForSelector('[role=alert]').catch(() => faults.push('sign-in: no message for a wrong password'));
  faults.splice(0, faults.length, ...faults.filter((fault) => !/401/.test(fault)));
  await shoot('sign-in-wrong');
  mayFail = false;
  await page.fill('input[name=password]', 'right');
  await page.click('button[type=submit]');
  await page.waitForSelector('h1:has-text("Overview")');

  for (const [name, path] of Object.entries(pagesOf(api))) {
    await open(name, path, name === 'events-live' ? 3500 : 1100);
    await shoot(name, !name.startsWith('events'));
  }
  await shootDialogs({ page, open, shoot, api });
  for (const mode of ['empty', 'slow', 'error']) {
    api.setMode(mode);
    mayFail = mode === 'error';
    for (const name of STATES) {
      if (mode === 'empty' && ['device', 'finding'].includes(name)) continue;
      await open(`${name}-${mode}`, pagesOf(api)[name], mode === 'error' ? 2200 : 700);
      await shoot(`${name}-${mode}`);
    }
  }
  api.setMode('full');
  await context.close();
}

async function shootDialogs({ page, open, shoot, api }) {
  const pages = pagesOf(api);
  const press = async (name, selector) => {
    await page.click(selector, { timeout: 3000 });
    await page.waitForTimeout(250);
    await shoot(name, false);
    await page.keyboard.press('Escape');
  };
  if ('dialogs'.includes(ONLY) || ONLY === '' || ONLY.startsWith('dialog')) {
    await open('dialog-approve', pages['action-proposed']);
    await press('dialog-approve', 'button:has-text("Approve")');
    await open('dialog-range', pages.events);
    await press('dialog-range', 'button[aria-label^="Time range"]');
    await open('dialog-ssh', pages.device);
    await press('dialog-ssh', 'button:has-text("Replace"), button:has-text("Set up")');
    await press('dialog-edit', 'button:has-text("Edit")');
    await open('dialog-decide', pages.unattributed);
    await press('dialog-decide', 'button:text-is("Decide")');
  }
}

await main();
