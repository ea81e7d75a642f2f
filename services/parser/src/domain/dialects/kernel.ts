/** The kernel: refused packets and the OOM killer here; links, faults, storage and devices in files of their own. */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { device } from './kernel-devices.js';
import { kernelFault, kernelTrace } from './kernel-faults.js';
import { adapterLink, bridge, link, networkDevice } from './kernel-network.js';
import { kernelStorage } from './kernel-storage.js';
import { netfilter } from './netfilter.js';

export function kernel(message: string): TypedMessage | null {
  return (
    netfilter(message) ??
    outOfMemory(message) ??
    bridge(message) ??
    link(message) ??
    adapterLink(message) ??
    kernelFault(message) ??
    kernelStorage(message) ??
    networkDevice(message) ??
    device(message) ??
    kernelTrace(message)
  );
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
