/** A small fleet that never existed: routers, their lines, what was found in them. Seeded, so that two runs look alike. */

function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seeded(20261123);
const pick = (values) => values[Math.floor(random() * values.length)];
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
const mac = () => Array.from({ length: 6 }, () => hex(2)).join(':');

/** ISO 8601 with microseconds. */
export const instant = (ms) =>
  `${new Date(ms).toISOString().slice(0, 20)}${String(Math.floor(ms * 1000) % 1_000_000).padStart(6, '0')}Z`;

const ROUTERS = [
  ['hq-core', 'Leipzig', 'x86/64', 'critical'],
  ['hq-ap-east', 'Leipzig', 'filogic', 'ok'],
  ['hq-ap-west', 'Leipzig', 'filogic', 'problem'],
  ['branch-graz', 'Graz', 'ipq40xx', 'ok'],
  ['branch-utrecht', 'Utrecht', 'ramips', 'critical'],
  ['branch-porto', 'Porto', 'ramips', 'ok'],
  ['warehouse-12', 'Halle', 'ath79', 'problem'],
  ['guesthouse-lake', 'Ammersee', 'ath79', 'ok'],
  ['lab-mt7986', 'Leipzig', 'filogic', 'ok'],
  ['van-03-lte', 'mobile', 'ipq40xx', 'unknown'],
  ['school-annex', 'Borna', 'ramips', 'problem'],
  ['weather-mast', 'Brocken', 'ath79', 'ok'],
];

const WEIGHTS = [22, 14, 12, 7, 9, 6, 8, 5, 4, 1, 9, 2];

export const devices = ROUTERS.map(([name, site, target, health], index) => ({
  id: `d-${hex(16)}`,
  name,
  status: index === 8 ? 'discovered' : 'adopted',
  keys: index === 0 ? [`host:${name}`, 'addr:203.0.113.1'] : [`host:${name}`],
  shard: between(0, 15),
  labels: { site, target },
  timeZone: site === 'mobile' ? null : 'Europe/Berlin',
  discoveredAt: '',
  health,
  firstSeenAt: '',
  lastSeenAt: '',
  eventsTotal: between(3_000, 9_000) * (WEIGHTS[index] ?? 1),
  openFindings: { info: 0, low: 0, medium: 0, high: 0, critical: 0 },
  sshConfigured: index % 3 !== 2,
  ssh:
    index % 3 === 2
      ? null
      : {
          host: `10.20.${index}.1`,
          port: 22,
          user: 'root',
          hostKeys: [`SHA256:${Buffer.from(hex(64), 'hex').toString('base64').replace(/=+$/, '')}`],
        },
}));

const clients = Array.from({ length: 40 }, mac);
const attackers = ['203.0.113.9', '198.51.100.77', '192.0.2.200', '203.0.113.141'];

/** [weight, app, severity, type, message and fields] */
const LINES = [
  [
    16,
    'dnsmasq-dhcp',
    6,
    'lan.lease.acked',
    () => {
      const clientIp = `192.168.${between(1, 4)}.${between(20, 240)}`;
      const clientMac = pick(clients);
      const clientName = pick(['pixel-8', 'thinkpad-ute', 'printer-2og', 'esp32-flur', 'galaxy-tab']);
      return [
        `DHCPACK(br-lan) ${clientIp} ${clientMac} ${clientName}`,
        { interface: 'br-lan', clientMac, clientIp, clientName },
      ];
    },
  ],
  [
    9,
    'dnsmasq-dhcp',
    6,
    'lan.lease.requested',
    () => {
      const clientIp = `192.168.${between(1, 4)}.${between(20, 240)}`;
      const clientMac = pick(clients);
      return [`DHCPREQUEST(br-lan) ${clientIp} ${clientMac}`, { interface: 'br-lan', clientMac, clientIp }];
    },
  ],
  [
    14,
    'hostapd',
    6,
    'wifi.client.associated',
    () => {
      const radio = pick(['phy0-ap0', 'phy1-ap0']);
      const clientMac = pick(clients);
      const associationId = between(1, 30);
      return [
        `${radio}: STA ${clientMac} IEEE 802.11: associated (aid ${associationId})`,
        { interface: radio, clientMac, associationId },
      ];
    },
  ],
  [
    11,
    'hostapd',
    6,
    'wifi.client.disconnected',
    () => {
      const radio = pick(['phy0-ap0', 'phy1-ap0']);
      const clientMac = pick(clients);
      return [`${radio}: AP-STA-DISCONNECTED ${clientMac}`, { interface: radio, clientMac }];
    },
  ],
  [
    5,
    'hostapd',
    5,
    'wifi.client.auth-failed',
    () => {
      const clientMac = pick(clients.slice(0, 3));
      return [
        `phy1-ap0: AP-STA-POSSIBLE-PSK-MISMATCH ${clientMac}`,
        { interface: 'phy1-ap0', clientMac, reason: 'psk-mismatch' },
      ];
    },
  ],
  [
    9,
    'dropbear',
    4,
    'security.login.failed',
    () => {
      const sourceIp = pick(attackers);
      const sourcePort = between(20_000, 60_000);
      const userName = pick(['root', 'root', 'admin', 'ubnt']);
      return [
        `Bad password attempt for '${userName}' from ${sourceIp}:${sourcePort}`,
        { sourceIp, sourcePort, service: 'ssh', userName, method: 'password', reason: 'bad-password' },
      ];
    },
  ],
  [
    3,
    'dropbear',
    6,
    'security.session.closed',
    () => {
      const sourceIp = pick(attackers);
      const sourcePort = between(20_000, 60_000);
      return [
        `Exit before auth from <${sourceIp}:${sourcePort}>: Exited normally`,
        { sourceIp, sourcePort, service: 'ssh', beforeAuth: true, reason: 'Exited normally' },
      ];
    },
  ],
  [
    14,
    'kernel',
    4,
    'security.packet.rejected',
    () => {
      const sourceIp = pick([...attackers, `198.51.100.${between(2, 250)}`]);
      const destinationPort = pick([23, 445, 3389, 5060, 8080, 22, 5900]);
      const sourcePort = between(30_000, 65_000);
      return [
        `[${between(10_000, 99_999)}.${between(100_000, 999_999)}] reject wan in: IN=eth1 OUT= MAC=${mac()} SRC=${sourceIp} DST=203.0.113.1 LEN=44 TOS=0x00 TTL=241 PROTO=TCP SPT=${sourcePort} DPT=${destinationPort} WINDOW=1024 SYN`,
        {
          verdict: 'reject',
          rule: 'wan',
          direction: 'in',
          inInterface: 'eth1',
          sourceIp,
          destinationIp: '203.0.113.1',
          protocol: 'tcp',
          sourcePort,
          destinationPort,
          packetLength: 44,
          ttl: 241,
          tcpFlags: ['SYN'],
        },
      ];
    },
  ],
  [3, 'netifd', 5, 'wan.interface.down', () => ["Interface 'wan' is now down", { interface: 'wan' }]],
  [3, 'netifd', 5, 'wan.interface.up', () => ["Interface 'wan' is now up", { interface: 'wan' }]],
  [2, 'odhcp6c', 3, 'other.unparsed', () => ['Failed to send SOLICIT message to ff02::1:2 (Network unreachable)', {}]],
  [
    1,
    'kernel',
    2,
    'health.process.oom-killed',
    () => {
      const processId = between(1200, 9000);
      return [
        `[${between(10_000, 99_999)}.512207] Out of memory: Killed process ${processId} (collectd) total-vm:18432kB, anon-rss:12100kB, file-rss:0kB, shmem-rss:0kB`,
        { processName: 'collectd', processId, totalVmKb: 18_432, anonRssKb: 12_100 },
      ];
    },
  ],
  [
    4,
    'procd',
    7,
    'other.unparsed',
    () => [`Instance ubus::instance1 pid ${between(400, 4000)} not stopped on SIGTERM, sending SIGKILL instead`, {}],
  ],
  [
    3,
    'crond',
    7,
    'other.unparsed',
    () => [`USER root pid ${between(2000, 20_000)} cmd /usr/bin/speedtest-probe --quiet`, {}],
  ],
];

function weighted(entries, weightOf) {
  const total = entries.reduce((sum, entry) => sum + weightOf(entry), 0);
  let at = random() * total;
  return entries.find((entry) => (at -= weightOf(entry)) < 0) ?? entries[0];
}

let lineNumber = 0;

export function makeEvent(atMs, forced = {}) {
  const line = forced.type ? LINES.find((each) => each[3] === forced.type) : weighted(LINES, (each) => each[0]);
  const [, appName, severity, type, make] = line;
  const device =
    forced.device ??
    weighted(
      devices.map((each, index) => ({ each, index })),
      ({ index }) => WEIGHTS[index],
    ).each;
  const [message, fields] = make();
  const procId = appName === 'kernel' ? null : String(between(400, 9000));
  const facility = appName === 'kernel' ? 0 : appName.startsWith('d') || appName === 'hostapd' ? 3 : 10;
  lineNumber += 1;
  const stamp = new Date(atMs)
    .toString()
    .slice(4, 24)
    .replace(/ \d{4}/, '');
  return {
    id: `ing1-${device.shard}-${Math.floor(lineNumber / 50)}-${lineNumber % 50}`,
    type,
    deviceId: device.id,
    receivedAt: instant(atMs),
    domain: type.split('.')[0],
    severity,
    timestamp: instant(atMs - 0.4),
    timeQuality: 'tz-known',
    facility,
    hostname: device.name,
    appName,
    procId,
    msgId: null,
    structuredData: null,
    message,
    fields,
    raw: `<${facility * 8 + severity}>${stamp} ${device.name} ${appName}${procId === null ? '' : `[${procId}]`}: ${message}`,
  };
}

const HOUR = 3_600_000;

/** A day of lines, newest first, with a busier afternoon and one flood. */
export function makeEvents(nowMs, count) {
  const events = [];
  for (let index = 0; index < count; index += 1) {
    const age = random() ** 1.35 * 24 * HOUR;
    events.push(makeEvent(nowMs - age));
  }
  for (let index = 0; index < 700; index += 1) {
    const atMs = nowMs - 26 * 60_000 - random() * 5 * 60_000;
    events.push(
      makeEvent(atMs, {
        type: random() < 0.8 ? 'security.login.failed' : 'security.packet.rejected',
        device: devices[0],
      }),
    );
  }
  for (let index = 0; index < 12; index += 1)
    events.push(makeEvent(nowMs - random() * 5 * HOUR, { type: 'health.process.oom-killed', device: devices[4] }));
  return events.sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1));
}

const WHY = {
  'ssh-brute-force': [
    'Somebody at {source} tried {count} passwords over SSH within a minute, and all were refused.',
    'Why it matters: a password that can be guessed will be, sooner or later. Whoever gets in owns the router and sees all that passes through it.',
    'What to do: allow SSH from the LAN only, or by key only (`option PasswordAuth off` in /etc/config/dropbear). Blocking the address for an hour stops this one.',
    'A false positive looks like: a backup script or a colleague with an old password. The user name and the address tell.',
  ],
  'wan-flapping': [
    'The interface wan went down and up {count} times within ten minutes.',
    'Why it matters: every change cuts calls and downloads, and VPN tunnels need half a minute to come back.',
    "What to do: look at the modem's line values and its power supply, then at the cable. If it began with a firmware upgrade, go back to the one before.",
  ],
  'wifi-auth-failures': [
    'The client {source} failed to prove the Wi-Fi key {count} times within five minutes.',
    'Why it matters: mostly a device with an old key that drains its battery, sometimes somebody who guesses.',
    'What to do: find the device by its address and give it the new key, or block it.',
  ],
  'oom-kill': [
    'The kernel ran out of memory and ended {source} to survive.',
    'Why it matters: what was ended does not work any more, and the next time it may be hostapd or dnsmasq.',
    'What to do: see what grew (`top`, then m), remove packages that do not fit into 64 MiB, or move to a router with more.',
  ],
  'port-scan': [
    '{source} tried {count} different closed ports within five minutes, and the firewall refused them.',
    'Why it matters: scans come before attacks. On an address in the Internet they are daily weather; from inside your own network they are a sign of an infected device.',
    'What to do: nothing, if the source is a stranger and the ports are closed.',
  ],
};

/** [rule, severity, domain, device, title, group, count, opened minutes ago, last seen minutes ago, cleared minutes ago] */
const FOUND = [
  [
    'ssh-brute-force',
    'critical',
    'security',
    0,
    'SSH password guessing from 203.0.113.9, then a login that worked',
    { sourceIp: '203.0.113.9' },
    612,
    29,
    1,
    null,
  ],
  [
    'ssh-brute-force',
    'high',
    'security',
    0,
    'SSH password guessing from 198.51.100.77',
    { sourceIp: '198.51.100.77' },
    84,
    41,
    9,
    null,
  ],
  [
    'oom-kill',
    'high',
    'health',
    4,
    'Out of memory: collectd was killed',
    { processName: 'collectd' },
    12,
    262,
    14,
    null,
  ],
  ['wan-flapping', 'medium', 'wan', 6, 'WAN interface is flapping', { interface: 'wan' }, 23, 96, 4, null],
  [
    'wifi-auth-failures',
    'medium',
    'wifi',
    2,
    'A client cannot join the Wi-Fi',
    { clientMac: clients[0], interface: 'phy1-ap0' },
    31,
    175,
    22,
    null,
  ],
  [
    'wifi-auth-failures',
    'low',
    'wifi',
    10,
    'A client cannot join the Wi-Fi',
    { clientMac: clients[1], interface: 'phy1-ap0' },
    17,
    338,
    51,
    null,
  ],
  ['port-scan', 'low', 'security', 3, 'Port scan from 198.51.100.24', { sourceIp: '198.51.100.24' }, 38, 19, 12, null],
  [
    'port-scan',
    'info',
    'security',
    null,
    'One source scans several routers',
    { sourceIp: '192.0.2.200' },
    204,
    66,
    3,
    null,
  ],
  ['port-scan', 'low', 'security', 5, 'Port scan from 203.0.113.141', { sourceIp: '203.0.113.141' }, 22, 701, 690, 660],
  ['wan-flapping', 'medium', 'wan', 9, 'WAN interface is flapping', { interface: 'wwan' }, 11, 820, 790, 730],
  [
    'ssh-brute-force',
    'high',
    'security',
    3,
    'SSH password guessing from 192.0.2.200',
    { sourceIp: '192.0.2.200' },
    57,
    1210,
    1180,
    1120,
  ],
  [
    'wifi-auth-failures',
    'low',
    'wifi',
    1,
    'A client cannot join the Wi-Fi',
    { clientMac: clients[2], interface: 'phy0-ap0' },
    14,
    1333,
    1310,
    1250,
  ],
];

const MINUTE = 60_000;

export function makeFindings(nowMs, events) {
  return FOUND.map(([ruleId, severity, domain, deviceIndex, title, group, count, opened, seen, cleared]) => {
    const device = deviceIndex === null ? null : devices[deviceIndex];
    const source = Object.values(group)[0];
    const matching = events.filter(
      (event) => (device === null || event.deviceId === device.id) && event.raw.includes(source),
    );
    const evidence = matching.slice(0, 10).reverse();
    const finding = {
      id: `f-${hex(16)}`,
      ruleId,
      ruleVersion: 1,
      domain,
      severity,
      status: cleared === null ? 'open' : 'cleared',
      deviceId: device?.id ?? null,
      title,
      description: WHY[ruleId].join('\n\n').replaceAll('{source}', source).replaceAll('{count}', String(count)),
      group: device === null ? group : { deviceId: device.id, ...group },
      count,
      firstSeenAt: instant(nowMs - (opened + 1) * MINUTE),
      lastSeenAt: instant(nowMs - seen * MINUTE),
      openedAt: instant(nowMs - opened * MINUTE),
      clearedAt: cleared === null ? null : instant(nowMs - cleared * MINUTE),
      clearReason: cleared === null ? null : 'quiet',
      evidence: evidence.map((event) => event.id),
      reached: { value: 10, threshold: 10 },
      previousFindingId: null,
    };
    if (device !== null && cleared === null) device.openFindings[severity] += 1;
    return { finding, evidence };
  });
}

function block(address, device) {
  return {
    name: 'block-address',
    title: `Block ${address} for 1 hour`,
    class: 'converge',
    parameters: { address, seconds: 3600 },
    commands: [
      ['nft', 'add', 'table', 'inet', 'opmas'],
      ['nft', 'add set inet opmas blocked4 { type ipv4_addr ; flags timeout ; }'],
      ['nft', 'add', 'element', 'inet', 'opmas', 'blocked4', `{ ${address} timeout 3600s }`],
    ],
    deviceId: device.id,
  };
}

export function makeActions(nowMs, findings) {
  const statuses = [
    'proposed',
    'proposed',
    'approved',
    'started',
    'succeeded',
    'failed',
    'interrupted',
    'rejected',
    'expired',
    'skipped',
  ];
  return statuses.map((status, index) => {
    const address = attackers[index % attackers.length];
    const device = devices[index < 2 ? 0 : [3, 1, 0, 6, 9, 2, 10, 5][index - 2]];
    const proposed = index < 2 ? [28, 40][index] : index * 47;
    const isDecided = !['proposed', 'expired', 'skipped'].includes(status);
    const hasRun = ['started', 'succeeded', 'failed', 'interrupted'].includes(status);
    const at = (minutes) => instant(nowMs - minutes * MINUTE);
    const action = {
      id: `a-${hex(16)}`,
      findingId: findings[index < 2 ? index : (index % 3) + 8]?.id ?? null,
      playbookId: 'block-ssh-brute-force',
      playbookVersion: 1,
      step: 'block',
      ...block(index < 2 ? ['203.0.113.9', '198.51.100.77'][index] : address, device),
      status,
      proposedAt: at(proposed),
      expiresAt: at(proposed - 60),
      decidedAt: isDecided ? at(proposed - 3) : null,
      decidedBy: isDecided ? (index % 2 === 0 ? 'mira' : 'admin') : null,
      decisionReason: isDecided
        ? status === 'rejected'
          ? 'That is our own scanner.'
          : 'Not one of our addresses.'
        : null,
      startedAt: hasRun ? at(proposed - 3.1) : null,
      finishedAt: ['succeeded', 'failed'].includes(status) ? at(proposed - 3.2) : null,
      exitCode: status === 'succeeded' ? 0 : status === 'failed' ? 1 : null,
      failureReason:
        status === 'failed'
          ? 'The third command ended with exit code 1.'
          : status === 'interrupted'
            ? 'The executor was lost; the router could not tell whether the commands ran.'
            : null,
    };
    const fact = (type, minutes, data) => ({
      specversion: '1.0',
      id: `${action.id}-${type}`,
      type: `opmas.action.${type}`,
      source: '/opmas/actions',
      subject: action.id,
      time: at(minutes),
      data,
    });
    const history = [fact('proposed', proposed, {})];
    if (isDecided) {
      const decision = { userName: action.decidedBy, address: '10.20.0.14', reason: action.decisionReason };
      history.push(fact(status === 'rejected' ? 'rejected' : 'approved', proposed - 3, { decision }));
    }
    if (hasRun) history.push(fact('started', proposed - 3.1, { executor: 'actions-1' }));
    if (!['proposed', 'approved', 'started', 'rejected'].includes(status)) {
      history.push(
        fact(
          status,
          proposed - (status === 'expired' ? 60 : 3.2),
          action.failureReason ? { reason: action.failureReason } : {},
        ),
      );
    }
    const output =
      status === 'failed'
        ? [
            { channel: 'stdout', text: '' },
            {
              channel: 'stderr',
              text: 'Error: Could not process rule: No such file or directory\nadd element inet opmas blocked4 { 198.51.100.77 timeout 3600s }\n                     ^^^^^\n',
            },
          ]
        : status === 'succeeded'
          ? [
              {
                channel: 'stdout',
                text: 'table inet opmas: present\nset blocked4: present\n203.0.113.9 expires 59m58s\n',
              },
            ]
          : [];
    return { ...action, history, output };
  });
}

const yaml = (id, title, domain, severity, type, gte) => `id: ${id}
version: 1
title: ${title}
description: |
  ${WHY[id]?.[0] ?? title}

  ${WHY[id]?.[1] ?? ''}
domain: ${domain}
severity: ${severity}
status: stable
events: [${type}]
detection:
  selection: {}
  condition: selection
# Ten of them in a minute, from one source to one router.
correlation:
  type: event_count
  group-by: [deviceId, sourceIp]
  timespan: 1m
  condition:
    gte: ${gte}
clear:
  quiet: 30m
`;

export const rules = [
  ['ssh-brute-force', 'SSH password guessing from {{sourceIp}}', 'security', 'high', 'security.login.failed', 10],
  ['port-scan', 'Port scan from {{sourceIp}}', 'security', 'low', 'security.packet.rejected', 20],
  ['wifi-auth-failures', 'A client cannot join the Wi-Fi', 'wifi', 'medium', 'wifi.client.auth-failed', 10],
  ['wan-flapping', 'WAN interface is flapping', 'wan', 'medium', 'wan.interface.down', 3],
  ['oom-kill', 'Out of memory: {{processName}} was killed', 'health', 'high', 'health.process.oom-killed', 1],
].map(([id, title, domain, severity, type, gte], index) => ({
  id,
  version: index === 1 ? 3 : 1,
  enabled: index !== 3,
  origin: index === 1 ? 'mira' : 'build',
  title,
  domain,
  severity,
  source: yaml(id, title, domain, severity, type, gte),
}));

export const playbooks = [
  {
    id: 'block-ssh-brute-force',
    version: 1,
    enabled: true,
    origin: 'build',
    title: 'Block the source of SSH password guessing',
    domain: 'security',
    severity: null,
    source: `id: block-ssh-brute-force
version: 1
title: Block the source of SSH password guessing
when:
  rule: ssh-brute-force
steps:
  - id: block
    action: block-address
    approval: required
    expires: 1h
    parameters:
      address: "{{group.sourceIp}}"
      seconds: 3600
`,
  },
];

export const users = [
  { userName: 'admin', role: 'admin', disabled: false },
  { userName: 'mira', role: 'operator', disabled: false },
  { userName: 'wallboard', role: 'viewer', disabled: false },
  { userName: 'intern-2025', role: 'viewer', disabled: true },
].map((user, index) => ({ ...user, createdAt: instant(Date.now() - (90 - index * 20) * 24 * HOUR) }));

export const pipeline = [
  { stage: 'ingestor', lag: 0, ready: true, detail: 'journal empty, nothing dropped' },
  { stage: 'parser', lag: 3, ready: true, detail: '16 of 16 shards owned' },
  { stage: 'agents', lag: 11, ready: true, detail: '16 of 16 shards owned' },
  { stage: 'actions', lag: 0, ready: true, detail: '2 proposals wait' },
  { stage: 'query-api events', lag: 1840, ready: true, detail: '0.4 s behind' },
  { stage: 'query-api findings', lag: 0, ready: true, detail: '' },
];

const sender = (key, peer, reason, agoMinutes, eventsTotal, samples, candidates) => ({
  key,
  peer,
  reason,
  hostname: key.startsWith('host:') ? key.slice(5) : null,
  firstSeenAt: instant(Date.now() - (agoMinutes + 190) * 60_000),
  lastSeenAt: instant(Date.now() - agoMinutes * 60_000),
  eventsTotal,
  samples,
  decision: null,
  isSettled: true,
  candidates,
});

export const senders = [
  sender(
    'host:openwrt',
    '10.20.0.87',
    'ambiguous',
    1,
    1412,
    [
      "<30>Nov 23 10:00:01 OpenWrt netifd: Interface 'wan' is now up",
      '<30>Nov 23 10:00:04 OpenWrt dnsmasq[1403]: using nameserver 192.0.2.53#53',
      '<29>Nov 23 10:00:09 OpenWrt hostapd: wlan0: AP-STA-CONNECTED 02:00:5e:10:00:31 auth_alg=open',
    ],
    devices.slice(0, 2).map(({ id, name, status }, index) => ({
      deviceId: id,
      name,
      status,
      why: index === 0 ? 'key' : 'name',
    })),
  ),
  sender('addr:198.51.100.4', '198.51.100.4', 'ambiguous', 7, 96, ['<30>Nov 23 10:00:02 procd: - init complete -'], []),
  sender(
    'host:ap-lobby',
    '10.20.4.12',
    'capped',
    48,
    3,
    ['<6>Nov 23 09:12:44 ap-lobby kernel: [   41.118203] br-lan: port 2(wlan0) entered forwarding state'],
    [],
  ),
];
