/**
 * How fast one core parses a fleet's lines. Build first; then `node services/parser/bench/parse-bench.mjs [lines]`.
 * Prints lines/s for header + dialect (before JSON), and for the fold (JSON in, JSON out), the best of five rounds.
 */
import { createParserFold, parseHeader, readMessage } from '../dist/domain/index.js';
import { formatInstant } from '@opmas/contracts';

const count = Number(process.argv[2] ?? 200_000);
const pad = (value) => String(value).padStart(2, '0');

/** Weights of a quiet fleet: much DHCP, DNS and Wi-Fi, some firewall, few logins, some lines without a dialect. */
const MIX = [
  [
    20,
    (n) =>
      `<30>${at(n)} gw-${n % 50} dnsmasq-dhcp[1]: DHCPACK(br-lan) 192.0.2.${n % 250} 02:aa:bb:00:00:${pad(n % 90)} phone-${n % 7}`,
  ],
  [
    10,
    (n) =>
      `<30>${at(n)} gw-${n % 50} dnsmasq-dhcp[1]: DHCPREQUEST(br-lan) 192.0.2.${n % 250} 02:aa:bb:00:00:${pad(n % 90)}`,
  ],
  [10, (n) => `<30>${at(n)} gw-${n % 50} dnsmasq[1]: query[A] host-${n % 99}.example from 192.0.2.${n % 250}`],
  [
    12,
    (n) =>
      `<30>${at(n)} gw-${n % 50} hostapd: phy0-ap0: STA 02:aa:bb:00:00:${pad(n % 90)} IEEE 802.11: associated (aid ${n % 30})`,
  ],
  [
    8,
    (n) => `<29>${at(n)} gw-${n % 50} hostapd: phy0-ap0: AP-STA-CONNECTED 02:aa:bb:00:00:${pad(n % 90)} auth_alg=sae`,
  ],
  [8, (n) => `<29>${at(n)} gw-${n % 50} hostapd: phy0-ap0: AP-STA-DISCONNECTED 02:aa:bb:00:00:${pad(n % 90)}`],
  [
    10,
    (n) =>
      `<4>${at(n)} gw-${n % 50} kernel: [${n}.393820] drop wan in: IN=eth1 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 ` +
      `SRC=203.0.113.${n % 250} DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=51 ID=${n % 65536} DF PROTO=TCP SPT=${n % 65536} DPT=22 SYN URGP=0`,
  ],
  [4, (n) => `<6>${at(n)} gw-${n % 50} kernel: [${n}.393820] br-lan: port 1(lan1) entered forwarding state`],
  [4, (n) => `<29>${at(n)} gw-${n % 50} netifd: Network device 'lan1' link is up`],
  [
    4,
    (n) =>
      `<29>${at(n)} gw-${n % 50} netifd: wan (2702): udhcpc: lease of 198.51.100.62 obtained from 198.51.100.1, lease time 3600`,
  ],
  [
    4,
    (n) =>
      `<84>${at(n)} gw-${n % 50} dropbear[${n % 9999}]: Bad password attempt for 'root' from 203.0.113.${n % 250}:4711`,
  ],
  [3, (n) => `<78>${at(n)} gw-${n % 50} crond[2507]: USER root pid ${n} cmd /root/watch.sh`],
  [
    3,
    (n) =>
      `<30>${at(n)} gw-${n % 50} odhcpd[1640]: DHCPV6 RENEW IA_NA from 00030001020000000001 on lan: ok 2001:db8::253/128`,
  ],
];

function at(n) {
  return `Nov 23 10:${pad(Math.floor(n / 3000) % 60)}:${pad(Math.floor(n / 50) % 60)}`;
}

const choices = MIX.flatMap(([weight, line]) => Array.from({ length: weight }, () => line));
const lines = Array.from({ length: count }, (_, n) => choices[(n * 37) % choices.length](n));
const startMicros = Date.UTC(2026, 10, 23, 10) * 1000;
const FRAME = 200;
const frames = [];
for (let from = 0; from < count; from += FRAME) {
  const number = from / FRAME + 1;
  frames.push({
    meta: {
      shard: 0,
      sequence: number,
      frameId: `bench-0-${number}`,
      ingestor: 'bench',
      number,
      kind: 'frame',
      part: null,
      clockMs: 0,
      configSequence: 0,
      ingestors: {},
      lane: null,
    },
    lines: lines.slice(from, from + FRAME).map((raw, i) =>
      JSON.stringify({
        id: `bench-0-${number}-${i}`,
        receivedAt: formatInstant(startMicros + (from + i) * 20),
        key: `host:gw-${(from + i) % 50}`,
        transport: 'udp',
        peer: '203.0.113.7',
        port: 514,
        raw,
      }),
    ),
  });
}

function headersAndDialects() {
  let typed = 0;
  for (const line of lines) {
    const header = parseHeader(line);
    if (readMessage({ header, receivedMicros: startMicros, connections: null }) !== null) typed++;
  }
  return typed;
}

function wholeFold() {
  const fold = createParserFold();
  const state = fold.initialState(0);
  for (const frame of frames) fold.process(state, frame);
  return state.counts.events - state.counts.unparsed;
}

function best(work) {
  let fastest = Infinity;
  let typed = 0;
  for (let round = 0; round < 5; round++) {
    const before = performance.now();
    typed = work();
    fastest = Math.min(fastest, performance.now() - before);
  }
  return { linesPerSecond: Math.round(count / (fastest / 1000)), typedShare: typed / count };
}

const figures = {
  lines: count,
  node: process.version,
  headerAndDialect: best(headersAndDialects),
  foldWithJson: best(wholeFold),
};
process.stdout.write(JSON.stringify(figures, null, 2) + '\n');
