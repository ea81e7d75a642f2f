/** What the kernel says when something is wrong: panics, warnings, stalls, memory, storage, temperature, processes. */
import { ipOf, portOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const oops: Phrase[1] = (message) => typed('health.kernel.oops', { detail: message.trimEnd() });
const stalled: Phrase[1] = (message) => typed('health.kernel.stalled', { detail: message.trimEnd() });
const trace: Phrase[1] = (message) => typed('health.kernel.trace', { text: message.trimEnd() });
const memoryReport: Phrase[1] = (message) => typed('health.memory.report', { text: message.trimEnd() });
const watchdogReset: Phrase[1] = (message) => typed('health.watchdog.reset', { detail: message.trimEnd() });
const conntrackFull: Phrase[1] = (message) =>
  message.includes('table full') ? typed('health.conntrack.full', {}) : null;

/** `WARNING: CPU: 0 PID: 0 at net/sched/sch_generic.c:320 dev_watchdog+0x1ac/0x324`; lock checks name no place. */
const WARNED = /WARNING: CPU: \d{1,4} PID: \d{1,10} at (\S{1,256})/y;
const LOCK_CHECK = /WARNING: (?:possible|suspicious|bad|inconsistent) /y;

function warning(message: string): TypedMessage | null {
  const found = matchStart(WARNED, message);
  const detail = message.slice(9).trimEnd();
  if (found !== null) return typed('health.kernel.warning', { detail, location: found[1]! });
  return matchStart(LOCK_CHECK, message) === null ? null : typed('health.kernel.warning', { detail });
}

function info(message: string, rest: string): TypedMessage | null {
  return /^(?:rcu\w{0,20}:? .{0,40}stall|task .{1,64} blocked for more than)/.test(rest)
    ? stalled(message, rest)
    : null;
}

const BUG_STALL = /^(?:soft lockup|workqueue lockup)/;
const bug: Phrase[1] = (message, rest) => (BUG_STALL.test(rest) ? stalled : oops)(message, rest);

const PAGE_FAULT = /do_page_fault\(\): sending SIGSEGV to (.{1,16}?) for invalid /y;

function pageFault(message: string): TypedMessage | null {
  const found = matchStart(PAGE_FAULT, message);
  return found === null ? null : typed('health.process.crashed', { processName: found[1]! });
}

const SEGFAULT = /(\S{1,16})\[(\d{1,10})\]: (?:segfault at |unhandled signal 11|trap )/y;

function segfault(message: string): TypedMessage | null {
  const found = matchStart(SEGFAULT, message);
  return found === null
    ? null
    : typed('health.process.crashed', { processName: found[1]!, processId: wholeNumber(found[2]) });
}

const ALLOCATION = /(.{1,64}?): page allocation (?:failure|stalls)[^,]{0,32}?(?:order:(\d{1,2}))?(?:,|$)/y;

function allocationFailed(message: string): TypedMessage | null {
  const found = matchStart(ALLOCATION, message);
  if (found === null) return null;
  return typed('health.memory.allocation-failed', { processName: found[1]!, order: wholeNumber(found[2]) });
}

const REAPED = /oom_reaper: reaped process (\d{1,10}) \((.{1,64}?)\)/y;

function reaped(message: string): TypedMessage | null {
  const found = matchStart(REAPED, message);
  return found === null
    ? null
    : typed('health.process.oom-reaped', { processId: Number(found[1]), processName: found[2]! });
}

function panic(message: string, rest: string): TypedMessage {
  return typed('health.kernel.panic', { detail: rest.replace(/^: /, '') });
}

const SYN_FLOOD = /(?:TCP: )?(?:request_sock_TCP: )?Possible SYN flooding on port (?:\S{1,64}:)?(\d{1,5})\./y;

function synFlood(message: string): TypedMessage | null {
  const flooded = portOf(matchStart(SYN_FLOOD, message)?.[1]);
  return flooded === undefined ? null : typed('security.network.syn-flood', { port: flooded });
}

const MARTIAN = /(?:IPv4: )?martian source (\S{2,45}) from (\S{2,45}), on dev (\S{1,64})/y;

/** The line names the destination first, then who claims to have sent it. */
function martian(message: string): TypedMessage | null {
  const found = matchStart(MARTIAN, message);
  const destinationIp = found === null ? null : ipOf(found[1]!);
  const sourceIp = found === null ? null : ipOf(found[2]!);
  const inInterface = found === null ? null : interfaceOf(found[3]!);
  return sourceIp === null || destinationIp === null || inInterface === null
    ? null
    : typed('security.packet.martian', { sourceIp, destinationIp, inInterface });
}

function suppressed(message: string): TypedMessage | null {
  const found = /^(?:(\w{1,40}): |\*\* )(\d{1,9}) (?:callbacks suppressed|printk messages dropped)/.exec(message);
  return found === null ? null : typed('health.log.suppressed', { count: Number(found[2]), source: found[1] });
}

function thermal(message: string): TypedMessage | null {
  const detail = message.trimEnd();
  if (/critical temperature reached/i.test(detail)) return typed('health.thermal.critical', { detail });
  return /^thermal thermal_zone\d{1,3}: failed /.test(detail) ? typed('health.thermal.fault', { detail }) : null;
}

function watchdogFault(message: string): TypedMessage | null {
  return /did not stop|hard lockup|BUG: soft lockup/i.test(message)
    ? typed('health.watchdog.fault', { detail: message.trimEnd() })
    : null;
}

/** Register names of MIPS and ARM as a trace prints them, and the lines around it. */
const REGISTERS =
  /(?:\$ ?\d{1,2} {1,4}: |(?:Hi|Lo|epc|ra|Status|Cause|BadVA|PrId|Stack|Code) {0,3}: |(?:pc|lr|sp|r\d{1,2}|x\d{1,2}|pstate) ?: )/y;
const FRAME =
  /(?: ?\[<?(?:[0-9a-f]{8,16})?>?\](?: \(?[\w.]{1,80}\)?| 0x[0-9a-f]{1,16})| {1,2}\??\s?[\w.]{1,80}\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8})/y;

/** A line of a trace has no words of its own: only its form tells it. */
export function kernelTrace(message: string): TypedMessage | null {
  const code = message.charCodeAt(0);
  if (code === 32 || code === 91) return matchStart(FRAME, message) === null ? null : trace(message, '');
  return matchStart(REGISTERS, message) === null ? null : trace(message, '');
}

const readFault = phrasebook([
  ['Kernel panic - not syncing', panic],
  ...alike(['Oops', 'Internal error: ', 'Kernel bug detected', 'Unable to handle kernel ', 'Fatal exception'], oops),
  ...alike(['general protection fault', 'kernel BUG at '], oops),
  ['BUG: ', bug],
  ['WARNING: ', warning],
  ['INFO: ', info],
  ...alike(['rcu: INFO: ', 'watchdog: BUG: soft lockup', 'NMI watchdog: '], stalled),
  ...alike(['------------[ cut here', '---[ end ', 'Call Trace:', 'Modules linked in: ', 'Hardware name: '], trace),
  ...alike(['Process ', 'Backtrace:', 'NMI backtrace ', 'Code: ', 'Stack :', 'Rebooting in '], trace),
  ...alike(['Mem-Info:', 'active_anon:', 'Node 0 ', 'Tasks state ', '[  pid  ]', '[ pid ]', 'oom-kill:'], memoryReport),
  ...alike(['lowmem_reserve[]:', 'Total swap ', 'Free swap ', 'Swap cache stats'], memoryReport),
  ['oom_reaper: ', reaped],
  ['nf_conntrack: ', conntrackFull],
  ['do_page_fault(): ', pageFault],
  ...alike(['init: Watchdog has previously reset', 'procd: Watchdog has previously reset'], watchdogReset),
  ['watchdog: ', watchdogFault],
  ...alike(['TCP: ', 'Possible SYN flooding '], synFlood),
  ...alike(['IPv4: martian source ', 'martian source '], martian),
  ['thermal ', thermal],
  ...alike(['net_ratelimit: ', '** '], suppressed),
]);

const CPU_FAULT = /CPU:? \d{1,4}(?: Unable to handle kernel |:? PID: \d)/y;
const THROTTLED = /temperature above threshold, cpu clock throttled/i;

export function kernelFault(message: string): TypedMessage | null {
  const said = readFault(message);
  if (said !== null) return said;
  if (message.startsWith('CPU')) {
    if (matchStart(CPU_FAULT, message) !== null) {
      return message.includes('Unable to handle') ? oops(message, '') : trace(message, '');
    }
    if (THROTTLED.test(message)) return typed('health.thermal.throttled', { detail: message.trimEnd() });
  }
  if (message.includes(': page allocation ')) return allocationFailed(message);
  if (message.includes(' callbacks suppressed')) return suppressed(message);
  return segfault(message);
}
