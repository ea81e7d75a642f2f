/** The kernel: refused packets, the OOM killer, bridge ports, links. */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { netfilter } from './netfilter.js';

export function kernel(message: string): TypedMessage | null {
  return netfilter(message) ?? outOfMemory(message) ?? bridgePort(message) ?? link(message);
}

const KILLED = 'illed process ';

/**
 * `Killed process` is the kill; `Out of memory: Kill process`, which older kernels write in front of it, only says who was
 * chosen: counting both would count one kill twice.
 */
function outOfMemory(message: string): TypedMessage | null {
  const killed = message.indexOf(KILLED);
  if (killed > 0 && (message.charAt(killed - 1) === 'K' || message.charAt(killed - 1) === 'k')) {
    return oomKilled(message, killed + KILLED.length);
  }
  const invoked = message.indexOf(' invoked oom-killer');
  if (invoked > 0) return typed('health.memory.exhausted', { processName: message.slice(0, invoked) });
  if (message.startsWith('Out of memory: Kill process ')) {
    const chosen = processAt(message, 28);
    return chosen === null ? null : typed('health.process.oom-chosen', chosen);
  }
  return null;
}

/** `1247 (name)` at `at`; a name may hold brackets of its own, so it ends at the last `)` in front of the figures. */
function processAt(message: string, at: number): { processId: number; processName: string } | null {
  const open = message.indexOf(' (', at);
  const processId = open < 0 ? undefined : wholeNumber(message.slice(at, open));
  if (processId === undefined) return null;
  const figures = [' total-vm:', ', UID', ' score ']
    .map((text) => message.indexOf(text, open))
    .filter((end) => end > 0);
  const close = message.lastIndexOf(')', figures.length > 0 ? Math.min(...figures) : message.length);
  return close > open + 2 ? { processId, processName: message.slice(open + 2, close) } : null;
}

function oomKilled(message: string, at: number): TypedMessage | null {
  const process = processAt(message, at);
  if (process === null) return null;
  return typed('health.process.oom-killed', {
    ...process,
    totalVmKb: kilobytes(message, ' total-vm:'),
    anonRssKb: kilobytes(message, ' anon-rss:'),
  });
}

function kilobytes(message: string, key: string): number | undefined {
  const at = message.indexOf(key);
  if (at < 0) return undefined;
  const end = message.indexOf('kB', at);
  return end < 0 ? undefined : wholeNumber(message.slice(at + key.length, end));
}

const PORT_STATE = /(\S{1,64}): port \d{1,5}\((\S{1,64})\) entered (\w{1,20}) state/y;

function bridgePort(message: string): TypedMessage | null {
  if (message.indexOf(' entered ') < 0) return null;
  PORT_STATE.lastIndex = 0;
  const match = PORT_STATE.exec(message);
  if (match === null) return null;
  return typed('lan.bridge.port-state', { bridge: match[1]!, portName: match[2]!, state: match[3]! });
}

const LINK_UP = /^Link is Up - (\d{1,6})(M|G)bps\/(Full|Half)/i;
const OLD_LINK_UP = /^link up \((\d{1,6})(?:Mbps)?\/(Full|Half)/i;

/** `driver bus wan: Link is Up - 1Gbps/Full - flow control rx/tx`; older drivers `eth0: link up (1000Mbps/Full duplex)`. */
function link(message: string): TypedMessage | null {
  const at = linkAt(message);
  if (at < 2) return null;
  const text = message.slice(at).trimEnd();
  const portName = interfaceOf(message.slice(message.lastIndexOf(' ', at - 3) + 1, at - 2));
  if (portName === null || message.slice(at - 2, at) !== ': ') return null;
  const words = text.toLowerCase();
  if (words === 'link is down' || words === 'link down') return typed('lan.port.link-down', { portName });
  const up = LINK_UP.exec(text);
  if (up !== null) {
    const speedMbps = Number(up[1]) * (up[2]!.toUpperCase() === 'G' ? 1000 : 1);
    return typed('lan.port.link-up', { portName, speedMbps, isFullDuplex: up[3]!.toLowerCase() === 'full' });
  }
  const old = OLD_LINK_UP.exec(text);
  if (old !== null) {
    return typed('lan.port.link-up', {
      portName,
      speedMbps: Number(old[1]),
      isFullDuplex: old[2]!.toLowerCase() === 'full',
    });
  }
  return words === 'link up' ? typed('lan.port.link-up', { portName }) : null;
}

function linkAt(message: string): number {
  const upper = message.indexOf(': Link ');
  if (upper >= 0) return upper + 2;
  const lower = message.indexOf(': link ');
  return lower >= 0 ? lower + 2 : -1;
}
