/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-argument -- answers are looked into as they come */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Fact } from '@opmas/contracts';
import { STREAM_NAMES, factIdOf, formatInstant, subjects } from '@opmas/contracts';
import type { z } from 'zod';
import type { TestApi } from '../spec-support/api.js';
import { ADMIN_PASSWORD, startApi } from '../spec-support/api.js';
import { event, events, findingOpened, publishFact, publishFindings, publishFrame } from '../spec-support/frames.js';
import { eventually } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';
import * as answers from './answers.js';

let servers: Servers;
let api: TestApi;
const now = Math.floor(Date.now() / 1000) * 1e6;
const seen: { id: string; receivedAt: string }[] = [];

function fact(type: string, subject: string, ordinal: number, data: object): Fact<string, unknown> {
  return {
    specversion: '1.0',
    id: factIdOf(subject, type, ordinal),
    type,
    source: '/opmas/test',
    subject,
    time: formatInstant(now),
    data,
  };
}

function device(deviceId: string, name: string): Fact<string, unknown> {
  return fact('opmas.config.device.discovered', deviceId, 0, {
    deviceId,
    name,
    shard: 3,
    keys: [`host:${name}`],
    status: 'discovered',
    firstRecordId: 'ing-3-1-0',
    discoveredAt: formatInstant(now),
    timeZone: null,
    labels: {},
    ssh: null,
  });
}

function proposed(actionId: string, deviceId: string, expiresAt: number): Fact<string, unknown> {
  return fact('opmas.action.proposed', actionId, 0, {
    actionId,
    deviceId,
    findingId: 'finding1',
    playbookId: 'block-ssh-brute-force',
    playbookVersion: 1,
    step: 'block',
    name: 'block-address',
    title: 'Block 203.0.113.9 for 1 h',
    parameters: { address: '203.0.113.9' },
    class: 'converge',
    commands: [['nft', 'add', 'element']],
    expiresAt: formatInstant(expiresAt),
  });
}

async function fill(): Promise<void> {
  const { bus } = api;
  for (let number = 1; number <= 6; number++) {
    const records = events({ shard: 0, ingestor: 'ing', number }, 50, now - number * 40e6);
    seen.push(...records);
    await publishFrame(bus, { shard: 0, ingestor: 'ing', number, records });
  }
  const odd = event('ing-1-1-0', 0, now, {
    deviceId: 'dev-odd',
    message: 'NUL \0 and "quotes" 50% of_it Ä',
    raw: 'x NUL \0 "quotes" 50% of_it Ä',
    hostname: 'gränd',
    effectiveSeverity: 2,
  });
  seen.push(odd);
  await publishFrame(bus, { shard: 1, ingestor: 'ing', number: 1, records: [odd] });
  const unknown = [
    ['~a1', 'user <*> left', 'dev1'],
    ['~a1', 'user <*> left', 'dev2'],
    ['~c3', 'disk on fire', 'dev1'],
    ['~b2', 'user <*> left', 'dev2'],
  ].map(([templateId = '', template = '', deviceId = ''], index) =>
    event(`ing-1-2-${index}`, 1, now + 1000 + index, {
      type: 'other.unparsed',
      domain: 'other',
      deviceId,
      appName: 'acme',
      templateId,
      message: template.replace('<*>', '"x"'),
      fields: { template },
    }),
  );
  seen.push(...unknown);
  await publishFrame(bus, { shard: 1, ingestor: 'ing', number: 2, records: unknown });
  for (const id of ['dev1', 'dev2', 'dev3']) {
    await publishFact(bus, STREAM_NAMES.config, subjects.config('device', id), device(id, `router-${id}`));
  }
  const rule = {
    id: 'security.ssh',
    version: 2,
    enabled: true,
    origin: 'build',
    source: 'title: SSH brute force\nlevel: high\n',
  };
  await publishFact(
    bus,
    STREAM_NAMES.config,
    subjects.config('rule', 'ssh'),
    fact('opmas.config.rule.published', 'ssh', 0, rule),
  );
  await publishFindings(bus, 'ing-0-1', [
    findingOpened('finding1', 'dev1', now),
    findingOpened('finding2', 'dev2', now - 1e6, 'low'),
  ]);
  await publishFindings(bus, 'ing-0-2', [
    '{"type":"opmas.finding.exploded","id":"odd1","subject":"finding1","time":"never","data":[1]}',
    'no json at all',
  ]);
  for (const id of ['action1', 'action2', 'action3']) {
    await publishFact(bus, STREAM_NAMES.actions, subjects.action('dev1', id), proposed(id, 'dev1', now + 3600e6));
  }
  await publishFact(bus, STREAM_NAMES.actions, subjects.action('dev1', 'late'), proposed('late', 'dev1', now - 1e6));
  await eventually('all of it', async () => {
    const [list, actions, overview] = await Promise.all([
      api.get('/api/v1/findings/finding1/history'),
      api.get('/api/v1/actions'),
      api.get('/api/v1/overview'),
    ]);
    return list.body.items?.length === 2 && actions.body.items.length === 4 && overview.body.linesTotal === seen.length;
  });
}

beforeAll(async () => {
  servers = await startServers();
  api = await startApi(servers);
  await fill();
}, 60_000);

afterAll(async () => {
  await api.close();
  await servers.stop();
}, 30_000);

function check(schema: z.ZodType, value: unknown): void {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(JSON.stringify(parsed.error.issues));
}

describe('events', () => {
  it('pages through all events, newest first, each once and exactly as it was', async () => {
    const found: { id: string; receivedAt: string }[] = [];
    let path = '/api/v1/events?limit=37';
    for (let page = 0; page < 30; page++) {
      const { body } = await api.get(path);
      check(answers.pageAnswer(answers.eventAnswer), body);
      found.push(...body.items);
      if (body.nextCursor === null) break;
      path = `/api/v1/events?limit=37&cursor=${body.nextCursor}`;
    }
    const wanted = [...seen].sort((a, b) => (a.receivedAt + a.id < b.receivedAt + b.id ? 1 : -1));
    expect(found).toEqual(wanted);
  });

  it('pages alike within one device', async () => {
    const wanted = seen.filter((item) => (item as unknown as { deviceId: string }).deviceId === 'dev7').length;
    const first = await api.get('/api/v1/events?deviceId=dev7&limit=3');
    expect(first.body.items).toHaveLength(3);
    const rest = await api.get(`/api/v1/events?deviceId=dev7&limit=500&cursor=${first.body.nextCursor}`);
    expect(rest.body.items).toHaveLength(wanted - 3);
    expect(rest.body.nextCursor).toBeNull();
  });

  it('filters', async () => {
    const login = await api.get('/api/v1/events?type=security.login.failed&severity=4&limit=1000');
    expect(login.body.items.every((item: { type: string }) => item.type === 'security.login.failed')).toBe(true);
    expect(login.body.items).toHaveLength(
      seen.filter((_, i) => (seen[i] as unknown as { domain: string }).domain === 'security').length,
    );
    const none = await api.get('/api/v1/events?domain=wan');
    expect(none.body).toEqual({ items: [], nextCursor: null });
    const host = await api.get(`/api/v1/events?hostname=${encodeURIComponent('gränd')}`);
    expect(host.body.items.map((item: { id: string }) => item.id)).toEqual(['ing-1-1-0']);
  });

  it('tells the severity by meaning from the line’s own, and counts by the former', async () => {
    const { body } = await api.get('/api/v1/events?effectiveSeverity=2');
    expect(body.items.map((item: { id: string }) => item.id)).toEqual(['ing-1-1-0']);
    expect((await api.get('/api/v1/events?effectiveSeverity=2&severity=6')).body.items).toEqual([]);
    const facets = (await api.get('/api/v1/events/facets')).body;
    expect(facets.effectiveSeverity).toContainEqual({ value: 2, count: 1 });
    expect(facets.severity.map(({ value }: { value: number }) => value).sort()).toEqual([4, 6]);
    const { buckets } = (await api.get('/api/v1/events/histogram?severity=4&buckets=1')).body;
    const graves = buckets.map((bucket: { bySeverity: Record<string, number> }) => bucket.bySeverity['2'] ?? 0);
    expect(graves.filter((count: number) => count > 0)).toEqual([1]);
  });

  it('counts what no dialect knows by template, as one where shards named it differently', async () => {
    const { body } = await api.get('/api/v1/templates');
    expect(body.items).toMatchObject([
      { appName: 'acme', template: 'user <*> left', count: 3, devices: 2, templateIds: ['~a1', '~b2'] },
      { appName: 'acme', template: 'disk on fire', count: 1, devices: 1, templateIds: ['~c3'] },
    ]);
    expect(body.items[0].sample).toBe('user "x" left');
  });

  it.each(['NUL', '"QUOTES"', '50%', 'of_it', 'ä'])('finds the text %s', async (q) => {
    const { body } = await api.get(`/api/v1/events?q=${encodeURIComponent(q)}`);
    expect(body.items.map((item: { id: string }) => item.id)).toEqual(['ing-1-1-0']);
  });

  it('does not take % and _ for wildcards, nor field names for text', async () => {
    for (const q of ['50_', 'of%it', 'timeQuality']) {
      expect((await api.get(`/api/v1/events?q=${encodeURIComponent(q)}`)).body.items).toEqual([]);
    }
  });

  it('answers one event by its id', async () => {
    const { body } = await api.get('/api/v1/events/ing-0-4-17');
    expect(body).toEqual(seen.find((item) => item.id === 'ing-0-4-17'));
    expect((await api.get('/api/v1/events/nothing')).status).toBe(404);
  });

  it('counts the same in histogram, facets and list', async () => {
    const range = `from=${now / 1000 - 3600_000}&to=${now / 1000 + 60_000}`;
    const { body: histogram } = await api.get(`/api/v1/events/histogram?${range}&buckets=30`);
    check(answers.histogramAnswer, histogram);
    expect(histogram.buckets.reduce((sum: number, bucket: { total: number }) => sum + bucket.total, 0)).toBe(
      seen.length,
    );
    const { body: facets } = await api.get(`/api/v1/events/facets?${range}&domain=security`);
    check(answers.facetsAnswer, facets);
    expect(facets.domain.reduce((sum: number, value: { count: number }) => sum + value.count, 0)).toBe(seen.length);
    expect(facets.type).toEqual([{ value: 'security.login.failed', count: expect.any(Number) }]);
  });
});

describe('findings', () => {
  it('answers list, one, evidence and history; a fact of unknown shape breaks nothing', async () => {
    const list = await api.get('/api/v1/findings?status=open&limit=1');
    check(answers.pageAnswer(answers.findingAnswer), list.body);
    expect(list.body.items[0].id).toBe('finding1');
    const second = await api.get(`/api/v1/findings?status=open&limit=1&cursor=${list.body.nextCursor}`);
    expect(second.body.items[0].id).toBe('finding2');
    expect(second.body.nextCursor).toBeNull();
    const evidence = await api.get('/api/v1/findings/finding1/evidence');
    expect(evidence.body.items).toHaveLength(1);
    const history = await api.get('/api/v1/findings/finding1/history');
    expect(history.body.items.map((item: { type: string }) => item.type)).toEqual([
      'opmas.finding.opened',
      'opmas.finding.exploded',
    ]);
  });

  it('filters by severity, device and text', async () => {
    expect(
      (await api.get('/api/v1/findings?severity=low,medium')).body.items.map((item: { id: string }) => item.id),
    ).toEqual(['finding2']);
    expect((await api.get('/api/v1/findings?deviceId=dev1')).body.items).toHaveLength(1);
    expect((await api.get('/api/v1/findings?q=203.0.113.9')).body.items).toHaveLength(2);
    expect((await api.get('/api/v1/findings?q=203%25')).body.items).toHaveLength(0);
  });
});

describe('devices', () => {
  it('shows health, activity and open findings', async () => {
    const { body } = await api.get('/api/v1/devices?limit=2');
    check(answers.pageAnswer(answers.deviceAnswer), body);
    expect(body.items.map((item: { name: string }) => item.name)).toEqual(['router-dev1', 'router-dev2']);
    expect(body.items[0]).toMatchObject({ health: 'critical', openFindings: { high: 1 } });
    expect(body.items[1]).toMatchObject({ health: 'problem' });
    expect(body.items[0].eventsTotal).toBeGreaterThan(0);
    const next = await api.get(`/api/v1/devices?limit=2&cursor=${body.nextCursor}`);
    expect(next.body.items.map((item: { id: string }) => item.id)).toEqual(['dev3']);
  });

  it('renames a device through the stream', async () => {
    const { status, body } = await api.call('PATCH', '/api/v1/devices/dev3', {
      body: { name: 'garden', status: 'adopted', labels: { site: 'b' } },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'dev3', name: 'garden', status: 'adopted', labels: { site: 'b' } });
  });

  it('seals the SSH secret and never answers it', async () => {
    const secret = '-----BEGIN OPENSSH PRIVATE KEY-----';
    const body = { host: '192.0.2.1', hostKeys: [`SHA256:${'A'.repeat(43)}`], privateKey: secret };
    const answer = await api.call('PUT', '/api/v1/devices/dev2/ssh', { body });
    expect(answer.body).toMatchObject({ sshConfigured: true, ssh: { host: '192.0.2.1', port: 22, user: 'root' } });
    expect(JSON.stringify(answer.body)).not.toContain('BEGIN');
    expect(JSON.stringify(answer.body)).not.toContain('credential');
    const audit = await eventuallyAudit('PUT /api/v1/devices/:id/ssh');
    expect(JSON.stringify(audit)).not.toContain('BEGIN');
    expect((await api.call('PUT', '/api/v1/devices/nope/ssh', { body })).status).toBe(404);
  });
});

async function eventuallyAudit(operation: string): Promise<{ operation: string; userName: string }> {
  let found: { operation: string; userName: string } | undefined;
  await eventually(`audit of ${operation}`, async () => {
    const { body } = await api.get('/api/v1/audit');
    check(answers.pageAnswer(answers.auditAnswer), body);
    found = body.items.find((item: { operation: string }) => item.operation === operation);
    return found !== undefined;
  });
  return found!;
}

describe('actions', () => {
  it('approves once; who is late is told who decided', async () => {
    const path = '/api/v1/actions/action1/approve';
    const first = await api.call('POST', path, { body: { reason: 'known attacker' } });
    expect(first.status).toBe(202);
    check(answers.actionAnswer, first.body);
    expect(first.body).toMatchObject({ status: 'approved', decidedBy: 'admin', decisionReason: 'known attacker' });
    const second = await api.call('POST', '/api/v1/actions/action1/reject', { body: { reason: 'no' } });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({
      type: 'urn:opmas:problem:already-decided',
      decidedBy: 'admin',
      status: 409,
      actionStatus: 'approved',
    });
    expect(second.body.detail).toContain('decided by admin');
    const whole = await api.get('/api/v1/actions/action1');
    check(answers.wholeActionAnswer, whole.body);
    expect(whole.body.history).toHaveLength(2);
    expect((await eventuallyAudit('POST /api/v1/actions/:id/approve')).userName).toBe('admin');
  });

  it('lets one of many win who decide at once', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        api.call('POST', `/api/v1/actions/action2/${i % 2 ? 'approve' : 'reject'}`, { body: { reason: `try ${i}` } }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409]);
  });

  it('refuses an expired proposal and an unknown one', async () => {
    const late = await api.call('POST', '/api/v1/actions/late/approve', { body: { reason: 'x' } });
    expect(late).toMatchObject({ status: 409, body: { type: 'urn:opmas:problem:expired' } });
    expect((await api.call('POST', '/api/v1/actions/nope/approve', { body: { reason: 'x' } })).status).toBe(404);
  });
});

describe('users and roles', () => {
  it('viewer reads, operator decides, admin administers', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const made = await api.call('POST', '/api/v1/users', {
        body: { userName: `the-${role}`, password: 'password of it', role },
      });
      expect(made.status).toBe(201);
      check(answers.userAnswer, made.body);
    }
    const viewer = await api.signIn('the-viewer', 'password of it');
    const operator = await api.signIn('the-operator', 'password of it');
    const approve = (token: string) =>
      api.call('POST', '/api/v1/actions/action3/approve', { body: { reason: 'r' }, token });
    expect((await api.call('GET', '/api/v1/findings', { token: viewer })).status).toBe(200);
    expect(await approve(viewer)).toMatchObject({ status: 403, body: { title: 'Not allowed' } });
    expect((await approve(operator)).status).toBe(202);
    expect((await api.call('GET', '/api/v1/users', { token: operator })).status).toBe(403);
    expect((await api.call('PUT', '/api/v1/devices/dev1/ssh', { token: operator, body: {} })).status).toBe(403);
    expect(
      (
        await api.call('POST', '/api/v1/users', {
          body: { userName: 'the-viewer', password: 'password of it', role: 'admin' },
        })
      ).status,
    ).toBe(409);
  });

  it('a changed password ends the old sessions; nobody disables themselves', async () => {
    await api.call('POST', '/api/v1/users', {
      body: { userName: 'changing', password: 'password of it', role: 'viewer' },
    });
    const session = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'changing', password: 'password of it' },
      token: null,
    });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await api.call('PATCH', '/api/v1/users/changing', { body: { password: 'another password' } })).status).toBe(
      200,
    );
    const refresh = await api.call('POST', '/api/v1/auth/refresh', {
      body: { refreshToken: session.body.refreshToken },
      token: null,
    });
    expect(refresh.status).toBe(401);
    await api.signIn('changing', 'another password');
    await api.call('PATCH', '/api/v1/users/changing', { body: { disabled: true } });
    await expect(api.signIn('changing', 'another password')).rejects.toThrow('wrong-password');
    expect((await api.call('PATCH', '/api/v1/users/admin', { body: { disabled: true } })).status).toBe(409);
  });

  it('never stores a password or its hash in the clear', async () => {
    const messages: string[] = [];
    for (const name of ['admin', 'the-viewer']) {
      const stored = await api.bus.jsm.streams.getMessage(STREAM_NAMES.config, {
        last_by_subj: subjects.config('user', name),
      });
      messages.push(new TextDecoder().decode(stored.data));
    }
    expect(messages.join()).not.toContain('scrypt');
    expect(messages.join()).not.toContain(ADMIN_PASSWORD);
    expect(messages.join()).toContain('A256GCM');
  });
});

describe('sessions', () => {
  it('refreshes, signs out, and refuses forged tokens', async () => {
    const login = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'admin', password: ADMIN_PASSWORD },
      token: null,
    });
    check(answers.sessionAnswer, login.body);
    const renewed = await api.call('POST', '/api/v1/auth/refresh', {
      body: { refreshToken: login.body.refreshToken },
      token: null,
    });
    expect(renewed.status).toBe(200);
    expect((await api.call('GET', '/api/v1/auth/me', { token: renewed.body.accessToken })).body).toEqual({
      userName: 'admin',
      role: 'admin',
    });
    await api.call('POST', '/api/v1/auth/logout', { body: { refreshToken: renewed.body.refreshToken } });
    expect(
      (
        await api.call('POST', '/api/v1/auth/refresh', {
          body: { refreshToken: renewed.body.refreshToken },
          token: null,
        })
      ).status,
    ).toBe(401);
    expect((await api.call('GET', '/api/v1/auth/me', { token: login.body.refreshToken })).status).toBe(401);
    expect((await api.call('GET', '/api/v1/auth/me', { token: `${api.token}x` })).status).toBe(401);
    const none = await api.call('GET', '/api/v1/events', { token: null });
    expect(none.status).toBe(401);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('slows down who guesses passwords, without locking others out', async () => {
    const guess = () =>
      api.call('POST', '/api/v1/auth/login', { body: { username: 'somebody', password: 'wrong' }, token: null });
    const tries = [];
    for (let i = 0; i < 12; i++) tries.push(await guess());
    expect(tries[0]!.status).toBe(401);
    expect(tries.at(-1)!.status).toBe(429);
    expect(tries.at(-1)!.headers.get('retry-after')).toBe('300');
    await api.signIn('admin', ADMIN_PASSWORD);
  });
});

describe('problems', () => {
  it.each([
    ['/api/v1/events?limit=0', 'limit', 'expected a whole number from 1 to 1000'],
    ['/api/v1/events?limit=1&limit=2', 'limit', 'expected a whole number from 1 to 1000'],
    ['/api/v1/events?severity=9', 'severity.0', 'expected syslog severities 0 to 7'],
    ['/api/v1/events?from=yesterday', 'from', 'expected an instant like'],
    ['/api/v1/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', 'expected a time before `to`'],
    ['/api/v1/events?cursor=xyz', 'cursor', 'expected the nextCursor of an earlier answer'],
    ['/api/v1/events?domain=wlan', 'domain.0', 'expected one of wifi, security'],
    ['/api/v1/events?colour=red', 'colour', 'no such name is known here'],
    ['/api/v1/events?q=%00', 'q', 'without NUL'],
    ['/api/v1/findings?status=done', 'status.0', 'expected one of open, cleared'],
    ['/api/v1/events/histogram?q=x', 'q', 'no such name is known here'],
  ])('%s names the parameter', async (path, name, expected) => {
    const { status, body, headers } = await api.get(path);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    check(answers.problemAnswer, body);
    expect(body.errors[0]).toMatchObject({ in: 'query', name });
    expect(body.errors[0].expected).toContain(expected);
  });

  it('answers every error as a problem with the request id', async () => {
    const missing = await api.call('GET', '/api/v1/nothing', { headers: { 'x-request-id': 'my-request' } });
    expect(missing).toMatchObject({ status: 404, body: { status: 404, requestId: 'my-request' } });
    const malformed = await api.call('POST', '/api/v1/auth/login', { body: '{"username":', token: null });
    expect(malformed.status).toBe(400);
    check(answers.problemAnswer, malformed.body);
    const large = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'x'.repeat(2_000_000), password: 'y' },
      token: null,
    });
    expect(large.status).toBe(413);
    expect(missing.headers.get('x-content-type-options')).toBe('nosniff');
    expect(missing.headers.get('x-powered-by')).toBeNull();
  });
});

describe('the document', () => {
  it('describes every route and no other', async () => {
    const { body } = await api.call('GET', '/api/docs-json', { token: null });
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const { body: page } = await api.call('GET', '/api/docs', { token: null });
    expect(page).toContain('swagger');
    const routes = api.routes().filter((route) => route.includes('/api/v1/'));
    expect(described.sort()).toEqual(routes.sort());
  });
});

it('answers overview, rules and playbooks', async () => {
  const { body } = await api.get('/api/v1/overview');
  check(answers.overviewAnswer, body);
  expect(body).toMatchObject({ linesTotal: seen.length, devices: { total: 3, critical: 1, problem: 1 } });
  const rules = await api.get('/api/v1/rules');
  check(answers.listAnswer(answers.documentAnswer), rules.body);
  expect(rules.body.items[0]).toMatchObject({ title: 'SSH brute force', severity: 'high' });
  expect((await api.get('/api/v1/playbooks')).body).toEqual({ items: [] });
  expect(api.health.ready().ok).toBe(true);
});
