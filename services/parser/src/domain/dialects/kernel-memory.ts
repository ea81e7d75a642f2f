/** What the kernel says of memory that runs out: the OOM killer, its victim, and its account of where the memory is. */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const KILLED = 'illed process ';

/**
 * `Killed process` is the kill; `Out of memory: Kill process`, which older kernels write in front of it, only says who was
 * chosen: counting both would count one kill twice.
 */
function killed(message: string): TypedMessage | null {
  const at = message.indexOf(KILLED);
  if (at > 0) return oomKilled(message, at + KILLED.length);
  if (message.startsWith('Out of memory: Kill process ')) {
    const chosen = processAt(message, 28);
    return chosen === null ? null : typed('health.process.oom-chosen', chosen);
  }
  return message.startsWith('Out of memory and no killable')
    ? typed('health.kernel.fault', { family: 'memory', detail: message.trimEnd() })
    : null;
}

/** `hostapd invoked oom-killer: gfp_mask=...`: any process may come first. */
export function outOfMemory(message: string): TypedMessage | null {
  const invoked = message.indexOf(' invoked oom-killer');
  return invoked > 0 ? typed('health.memory.exhausted', { processName: message.slice(0, invoked) }) : null;
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

const report: Phrase[1] = (message) => typed('health.memory.report', { text: message.trimEnd() });

const REAPED = /oom_reaper: reaped process (\d{1,10}) \((.{1,64}?)\)/y;

function reaped(message: string): TypedMessage | null {
  const found = matchStart(REAPED, message);
  return found === null
    ? null
    : typed('health.process.oom-reaped', { processId: Number(found[1]), processName: found[2]! });
}

const ALLOCATION = /(.{1,64}?): page allocation (?:failure|stalls)[^,]{0,32}?(?:order:(\d{1,2}))?(?:,|$)/y;

export function allocationFailed(message: string): TypedMessage | null {
  const found = matchStart(ALLOCATION, message);
  if (found === null) return null;
  return typed('health.memory.allocation-failed', { processName: found[1]!, order: wholeNumber(found[2]) });
}

const COUNTED =
  /\d{1,12} (?:total pagecache pages|pages (?:RAM|reserved|hwpoisoned|cma reserved|in swap cache|HighMem\/MovableOnly))/y;
/** `[  617]    81   617      324       26    16384        0             0 ubusd`: a process in the killer's list. */
const TASK = /\[ {0,8}\d{1,8}\] {1,6}\d{1,6} {1,6}\d{1,8} {1,9}\d{1,9} {1,9}\d{1,9} /y;
const COUNTERS =
  / (?:active_(?:anon|file)|inactive_(?:anon|file)|isolated_(?:anon|file)|unevictable|slab_reclaimable|mapped|free|kernel_misc_reclaimable|sec_pagetables):\d/y;

/** Lines of the account that begin with a figure, a bracket or a space. */
export function memoryFigures(message: string): TypedMessage | null {
  const isOne =
    matchStart(COUNTED, message) !== null ||
    matchStart(TASK, message) !== null ||
    matchStart(COUNTERS, message) !== null;
  return isOne ? report(message, '') : null;
}

export const memoryPhrases: readonly Phrase[] = [
  ...alike(['Killed process ', 'Out of memory', 'Memory cgroup out of memory: '], killed),
  ['oom_reaper: ', reaped],
  ...alike(['Mem-Info:', 'active_anon:', 'Node 0 ', 'Tasks state ', '[  pid  ]', '[ pid ]', 'oom-kill:'], report),
  ...alike(['lowmem_reserve[]:', 'Total swap ', 'Free swap ', 'Swap cache stats', 'Unreclaimable slab info'], report),
  ...['Normal', 'DMA', 'DMA32', 'HighMem', 'Movable'].flatMap((zone) => alike([`${zone} free:`, `${zone}: `], report)),
];
