/**
 * How many lines a second one ingestor takes over TCP into its journal, and how much of a core that costs.
 *   node services/ingestor/bench/tcp-rate.mjs --port 5514 --pid <ingestor> --metrics http://127.0.0.1:PORT/metrics [--lines N] [--peers K] [--hosts H]
 */
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5514' },
    pid: { type: 'string' },
    metrics: { type: 'string' },
    lines: { type: 'string', default: '1000000' },
    peers: { type: 'string', default: '4' },
    hosts: { type: 'string', default: '50' },
  },
});
const lines = Number(values.lines);
const peers = Number(values.peers);
const hosts = Number(values.hosts);

const cpuSeconds = () => {
  const stat = readFileSync(`/proc/${values.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

const metric = async (name) => {
  const text = await (await fetch(values.metrics)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

const texts = [
  'hostapd: wlan0: STA 02:00:5e:10:00:01 IEEE 802.11: authenticated',
  'dnsmasq-dhcp[1843]: DHCPACK(br-lan) 192.168.1.117 02:00:5e:10:00:02 some-phone',
  'dropbear[2211]: Bad password attempt for "root" from 203.0.113.9:40211',
  'kernel: [ 8123.456789] reject wan in: IN=eth1 OUT= MAC=02:00:5e:10:00:03 SRC=198.51.100.7 DST=192.0.2.4 LEN=40 PROTO=TCP SPT=4444 DPT=23',
];

function block(count) {
  let text = '';
  for (let i = 0; i < count; i++) {
    text += `<30>Nov 23 20:35:${String(i % 60).padStart(2, '0')} router-${i % hosts} ${texts[i % texts.length]}\n`;
  }
  return Buffer.from(text);
}

function send(port, buffer, times) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let left = times;
    const write = () => {
      while (left-- > 0) if (!socket.write(buffer)) return void socket.once('drain', write);
      socket.end();
    };
    socket.on('connect', write);
    socket.on('close', resolve);
    socket.on('error', reject);
    socket.resume();
  });
}

const perBlock = 1000;
const buffer = block(perBlock);
const accepted = () => metric('opmas_ingestor_accepted_records_total');
const before = await accepted();
const cpuBefore = cpuSeconds();
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: peers }, () => send(Number(values.port), buffer, Math.round(lines / perBlock / peers))),
);
const expected = Math.round(lines / perBlock / peers) * peers * perBlock;
while ((await accepted()) - before < expected) await new Promise((resolve) => setTimeout(resolve, 20));
const seconds = (performance.now() - startedAt) / 1000;
const cpu = cpuSeconds() - cpuBefore;
const publishedBy = async () => metric('opmas_ingestor_published_records_total');
console.log(
  JSON.stringify({
    lines: expected,
    bytesPerLine: Math.round(buffer.length / perBlock),
    seconds: Number(seconds.toFixed(2)),
    linesPerSecond: Math.round(expected / seconds),
    cpuSeconds: cpu,
    linesPerCpuSecond: Math.round(expected / cpu),
    publishedAtEnd: await publishedBy(),
  }),
);
