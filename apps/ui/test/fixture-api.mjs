/**
 * An API of made-up data for development and screenshots: `node test/fixture-api.mjs` (FIXTURE_PORT, default 8000).
 * Any password but "wrong" signs in. POST /__mode {"mode": "full" | "empty" | "error" | "slow"} changes what it answers.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import {
  devices,
  instant,
  makeActions,
  makeEvent,
  makeEvents,
  makeFindings,
  pipeline,
  playbooks,
  rules,
  senders,
  users,
} from './fixture-data.mjs';

const MINUTE = 60_000;
const OPEN_COUNTS = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };

function makeWorld() {
  const nowMs = Date.now();
  const events = makeEvents(nowMs, 14_000);
  const found = makeFindings(nowMs, events);
  const findings = found.map((each) => each.finding);
  const actions = makeActions(nowMs, findings);
  for (const device of devices) {
    const own = events.filter((event) => event.deviceId === device.id);
    device.discoveredAt = instant(nowMs - 40 * 24 * 60 * MINUTE);
    device.firstSeenAt = device.discoveredAt;
    device.lastSeenAt = device.health === 'unknown' ? instant(nowMs - 131 * MINUTE) : (own[0]?.receivedAt ?? null);
  }
  return { events, findings, actions, evidence: new Map(found.map(({ finding, evidence }) => [finding.id, evidence])) };
}

function listOf(query, name) {
  return (
    query
      .get(name)
      ?.split(',')
      .filter((value) => value !== '') ?? null
  );
}

function isIn(wanted, value) {
  return wanted === null || wanted.includes(String(value));
}

function eventFilter(query) {
  const wanted = Object.fromEntries(
    ['deviceId', 'type', 'domain', 'severity'].map((name) => [name, listOf(query, name)]),
  );
  const from = query.get('from') ? new Date(query.get('from')).getTime() : 0;
  const to = query.get('to') ? new Date(query.get('to')).getTime() : Infinity;
  const q = query.get('q')?.toLowerCase();
  return (event, without) => {
    const at = Date.parse(event.receivedAt);
    return (
      at >= from &&
      at < to &&
      Object.entries(wanted).every(([name, values]) => name === without || isIn(values, event[name])) &&
      (!query.get('hostname') || event.hostname === query.get('hostname')) &&
      (!query.get('appName') || event.appName === query.get('appName')) &&
      (!q || event.raw.toLowerCase().includes(q))
    );
  };
}

function page(items, query, usual) {
  const start = Number(query.get('cursor') ?? 0);
  const end = start + Number(query.get('limit') ?? usual);
  return { items: items.slice(start, end), nextCursor: end < items.length ? String(end) : null };
}

function histogramOf(events, fromMs, toMs, wanted) {
  const length = Math.max(MINUTE, Math.ceil((toMs - fromMs) / wanted / MINUTE) * MINUTE);
  const buckets = [];
  for (let at = Math.floor(fromMs / length) * length; at < toMs; at += length)
    buckets.push({ at: instant(at), total: 0, bySeverity: {} });
  const first = Date.parse(buckets[0]?.at ?? 0);
  for (const event of events) {
    const bucket = buckets[Math.floor((Date.parse(event.receivedAt) - first) / length)];
    if (!bucket) continue;
    bucket.total += 1;
    bucket.bySeverity[event.severity] = (bucket.bySeverity[event.severity] ?? 0) + 1;
  }
  return { bucketSeconds: length / 1000, buckets, approximate: true };
}

function counted(events, valueOf) {
  const counts = new Map();
  for (const event of events) counts.set(valueOf(event), (counts.get(valueOf(event)) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}

function overviewOf(world, mode) {
  const nowMs = Math.ceil(Date.now() / MINUTE) * MINUTE;
  const { events, findings, actions } = mode === 'empty' ? { events: [], findings: [], actions: [] } : world;
  const shown = mode === 'empty' ? [] : devices;
  const health = { ok: 0, problem: 0, critical: 0, unknown: 0, total: shown.length };
  for (const device of shown) health[device.health] += 1;
  const openFindings = { ...OPEN_COUNTS };
  for (const finding of findings) if (finding.status === 'open') openFindings[finding.severity] += 1;
  const recent = events.filter((event) => Date.parse(event.receivedAt) > nowMs - 60 * MINUTE);
  return {
    eventsPerSecond: events.length === 0 ? 0 : 214.6,
    linesTotal: events.length === 0 ? 0 : 48_211_907,
    events24h: events.length === 0 ? 0 : 1_204_577,
    openFindings,
    devices: health,
    pendingActions: actions.filter((action) => action.status === 'proposed').length,
    rate: histogramOf(recent, nowMs - 60 * MINUTE, nowMs, 60).buckets,
    topDevices: counted(events, (event) => event.deviceId)
      .slice(0, 7)
      .map(({ value, count }) => ({
        deviceId: value,
        name: devices.find((device) => device.id === value)?.name,
        count: count * 61,
      })),
    topTypes: counted(events, (event) => event.type)
      .slice(0, 7)
      .map(({ value, count }) => ({ type: value, count: count * 61 })),
    pipeline: mode === 'empty' ? [] : pipeline,
  };
}

function historyOf(finding) {
  const fact = (type, time, data) => ({
    specversion: '1.0',
    id: `${finding.id}-${type}-${time}`,
    type: `opmas.finding.${type}`,
    source: '/opmas/agents',
    subject: finding.id,
    time,
    data,
  });
  const facts = [fact('opened', finding.openedAt, { count: 10 })];
  if (finding.count > 20)
    facts.push(
      fact('recurred', instant((Date.parse(finding.openedAt) + Date.parse(finding.lastSeenAt)) / 2), {
        count: Math.floor(finding.count / 2),
      }),
    );
  facts.push(fact('recurred', finding.lastSeenAt, { count: finding.count }));
  if (finding.clearedAt)
    facts.push(fact('cleared', finding.clearedAt, { count: finding.count, reason: finding.clearReason }));
  return facts;
}

const problem = (status, title, detail) => ({ status, body: { type: 'about:blank', title, status, detail } });
const ok = (body) => ({ status: 200, body });

function signedIn(userName) {
  const user = users.find((each) => each.userName === userName) ?? { userName, role: 'admin' };
  return ok({
    accessToken: `access.${user.userName}`,
    refreshToken: `refresh.${user.userName}`,
    expiresIn: 900,
    user: { userName: user.userName, role: user.role },
  });
}

function authAnswer(path, body) {
  if (path === 'auth/login') {
    if (body.password === 'wrong')
      return problem(401, 'Not signed in', 'User name or password is wrong, or the user is disabled.');
    return signedIn(body.username);
  }
  if (path === 'auth/refresh') return signedIn(String(body.refreshToken ?? '').replace('refresh.', '') || 'admin');
  return path === 'auth/logout' ? { status: 204, body: null } : null;
}

function eventsAnswer(world, path, query) {
  const filter = eventFilter(query);
  if (path === 'events')
    return ok(
      page(
        world.events.filter((event) => filter(event)),
        query,
        50,
      ),
    );
  const range = [new Date(query.get('from')).getTime(), new Date(query.get('to')).getTime()];
  if (path === 'events/histogram')
    return ok(
      histogramOf(
        world.events.filter((event) => filter(event)),
        ...range,
        Number(query.get('buckets') ?? 60),
      ),
    );
  if (path === 'events/facets') {
    const facet = (name) =>
      counted(
        world.events.filter((event) => filter(event, name)),
        (event) => event[name],
      );
    return ok({
      domain: facet('domain'),
      type: facet('type'),
      severity: facet('severity'),
      deviceId: facet('deviceId'),
    });
  }
  const event = world.events.find((each) => each.id === decodeURIComponent(path.slice('events/'.length)));
  return event ? ok(event) : problem(404, 'Not found', 'There is no such event.');
}

function findingsAnswer(world, path, query) {
  const [, id, part] = path.split('/');
  if (id === undefined) {
    const names = ['status', 'severity', 'domain', 'ruleId', 'deviceId'];
    const q = query.get('q')?.toLowerCase();
    const matching = world.findings.filter(
      (finding) =>
        names.every((name) => isIn(listOf(query, name), finding[name])) &&
        (!q || JSON.stringify(finding).toLowerCase().includes(q)),
    );
    return ok(
      page(
        matching.sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1)),
        query,
        50,
      ),
    );
  }
  const finding = world.findings.find((each) => each.id === id);
  if (!finding) return problem(404, 'Not found', `There is no finding "${id}".`);
  if (part === 'evidence') return ok({ items: world.evidence.get(id) ?? [] });
  return ok(part === 'history' ? { items: historyOf(finding) } : finding);
}

function decide(action, verdict, reason) {
  if (action.status !== 'proposed') return problem(409, 'Conflict', `The action is already ${action.status}.`);
  action.status = verdict === 'approve' ? 'approved' : 'rejected';
  action.decidedAt = instant(Date.now());
  action.decidedBy = 'admin';
  action.decisionReason = reason;
  const data = { decision: { userName: 'admin', address: '10.20.0.14', reason } };
  action.history.push({ id: `${action.id}-d`, type: `opmas.action.${action.status}`, time: action.decidedAt, data });
  return { status: 202, body: action };
}

function actionsAnswer(world, path, query, body) {
  const [, id, verdict] = path.split('/');
  if (id === undefined) {
    const matching = world.actions.filter((action) =>
      ['status', 'deviceId', 'findingId'].every((name) => isIn(listOf(query, name), action[name])),
    );
    return ok(
      page(
        matching.sort((a, b) => (a.proposedAt < b.proposedAt ? 1 : -1)),
        query,
        50,
      ),
    );
  }
  const action = world.actions.find((each) => each.id === id);
  if (!action) return problem(404, 'Not found', `There is no action "${id}".`);
  return verdict === undefined ? ok(action) : decide(action, verdict, body.reason);
}

function devicesAnswer(path, body) {
  const [, id, part] = path.split('/');
  if (id === undefined) return ok({ items: devices.toSorted((a, b) => (a.name < b.name ? -1 : 1)), nextCursor: null });
  const device = devices.find((each) => each.id === id);
  if (!device) return problem(404, 'Not found', `There is no device "${id}".`);
  if (part === 'ssh')
    Object.assign(device, {
      sshConfigured: true,
      ssh: { host: body.host, port: body.port, user: body.user, hostKeys: body.hostKeys },
    });
  else if (body) Object.assign(device, body);
  return ok(device);
}

function sendersAnswer(path, query, body) {
  if (path.endsWith('decisions')) {
    const sender = senders.find(({ key, peer }) => key === body.key && peer === body.peer);
    if (!sender) return problem(404, 'Not found', `There is no unattributed sender "${body.key}".`);
    const device = devices.find(({ id }) => id === body.deviceId) ?? { id: 'new', name: body.name, status: 'adopted' };
    sender.decision =
      body.decision === 'undo'
        ? null
        : { deviceId: device.id, name: device.name, status: device.status, peer: sender.peer };
    return ok(sender);
  }
  const isDecided = query.get('state') === 'decided';
  const decided = senders.filter(({ decision }) => decision !== null).length;
  return ok({
    items: senders.filter(({ decision }) => (decision !== null) === isDecided),
    nextCursor: null,
    counts: { open: senders.length - decided, decided },
  });
}

function auditPage() {
  const entries = users.flatMap((user, index) => [
    {
      id: index * 2,
      happenedAt: instant(Date.now() - (index + 1) * 31 * MINUTE),
      userName: user.userName,
      address: '10.20.0.14',
      operation: 'POST /api/v1/auth/login',
      target: user.userName,
      outcome: index === 3 ? 401 : 200,
    },
    {
      id: index * 2 + 1,
      happenedAt: instant(Date.now() - (index + 2) * 47 * MINUTE),
      userName: 'mira',
      address: '10.20.0.17',
      operation: 'POST /api/v1/actions/:id/approve',
      target: 'a-83d1c0f2',
      outcome: 202,
    },
  ]);
  return ok({ items: entries.sort((a, b) => (a.happenedAt < b.happenedAt ? 1 : -1)), nextCursor: null });
}

function answerOf(world, mode, path, query, body) {
  const auth = authAnswer(path, body ?? {});
  if (auth) return auth;
  if (mode === 'error')
    return problem(503, 'Not available', 'A server behind the API does not answer. Try again shortly.');
  if (path === 'overview') return ok(overviewOf(world, mode));
  if (mode === 'empty') {
    if (path === 'events/histogram') return eventsAnswer({ events: [] }, path, query);
    if (path === 'events/facets') return ok({ domain: [], type: [], severity: [], deviceId: [] });
    return ok({ items: [], nextCursor: null, counts: { open: 0, decided: 0 } });
  }
  const room = path.split('/')[0];
  if (room === 'events') return eventsAnswer(world, path, query);
  if (room === 'findings') return findingsAnswer(world, path, query);
  if (room === 'actions') return actionsAnswer(world, path, query, body);
  if (room === 'devices') return devicesAnswer(path, body);
  if (room === 'unattributed') return sendersAnswer(path, query, body);
  const lists = { rules, playbooks, users };
  if (lists[room]) return ok({ items: lists[room] });
  return room === 'audit' ? auditPage() : problem(404, 'Not found', 'There is no such address.');
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : JSON.parse(text);
}

function attachLive(server, world, state) {
  const sockets = new WebSocketServer({ server, path: '/api/v1/live' });
  sockets.on('connection', (socket) => {
    socket.wants = [];
    socket.on('message', (data) => {
      const command = JSON.parse(data.toString());
      socket.wants = command.subscribe;
      socket.filter = eventFilter(new URLSearchParams(command.filter ?? {}));
    });
  });
  const send = (channel, message) => {
    for (const socket of sockets.clients)
      if (socket.wants.includes(channel)) socket.send(JSON.stringify({ channel, ...message }));
  };
  const timers = [
    setInterval(() => {
      if (state.mode !== 'full') return;
      const fresh = [makeEvent(Date.now() - 200), makeEvent(Date.now() - 100)];
      world.events.unshift(...fresh.toReversed());
      for (const socket of sockets.clients) {
        const items = socket.wants.includes('events') ? fresh.filter((event) => socket.filter(event)) : [];
        if (items.length > 0) socket.send(JSON.stringify({ channel: 'events', items, skipped: 0 }));
      }
    }, 500),
    setInterval(() => {
      if (['full', 'empty'].includes(state.mode)) send('overview', { item: overviewOf(world, state.mode) });
    }, 1000),
    setInterval(() => {
      const finding = world.findings[0];
      if (state.mode !== 'full') return;
      Object.assign(finding, { count: finding.count + 1, lastSeenAt: instant(Date.now()) });
      send('findings', { item: finding });
    }, 5000),
  ];
  for (const timer of timers) timer.unref();
  return sockets;
}

/** Starts it; `port` 0 takes a free one. */
export async function startFixtureApi(port = 0) {
  const world = makeWorld();
  const state = { mode: 'full' };
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url, 'http://localhost');
      const body = await readBody(request);
      if (url.pathname === '/__mode') state.mode = body.mode;
      const isData = url.pathname.startsWith('/api/v1/') && !url.pathname.includes('/auth/');
      if (isData && state.mode === 'slow') return;
      const answer = url.pathname.startsWith('/api/v1/')
        ? answerOf(world, state.mode, url.pathname.slice('/api/v1/'.length), url.searchParams, body)
        : ok({ ok: true });
      response.writeHead(answer.status, {
        'content-type': answer.status < 400 ? 'application/json' : 'application/problem+json',
      });
      response.end(answer.body === null ? undefined : JSON.stringify(answer.body));
    })();
  });
  const sockets = attachLive(server, world, state);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    world,
    setMode: (mode) => (state.mode = mode),
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { port } = await startFixtureApi(Number(process.env.FIXTURE_PORT ?? 8000));
  console.log(`fixture API on http://127.0.0.1:${port}`);
}
