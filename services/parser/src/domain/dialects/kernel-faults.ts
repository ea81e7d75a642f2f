/** What the kernel says when something is wrong: panics, warnings, stalls, temperature, full tables, processes. */
import { ipOf, portOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { allocationFailed } from './kernel-memory.js';
import { trace } from './kernel-trace.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const oops: Phrase[1] = (message) => typed('health.kernel.oops', { detail: message.trimEnd() });
const stalled: Phrase[1] = (message) => typed('health.kernel.stalled', { detail: message.trimEnd() });
const watchdogReset: Phrase[1] = (message) => typed('health.watchdog.reset', { detail: message.trimEnd() });
const conntrackFull: Phrase[1] = (message) =>
  message.includes('table full') ? typed('health.conntrack.full', {}) : null;

/** `WARNING: CPU: 0 PID: 0 at net/sched/sch_generic.c:320 dev_watchdog+0x1ac/0x324`; lock checks name no place. */
const WARNED = /WARNING: (?:CPU: \d{1,4} PID: \d{1,10} )?at(?: (\S{1,256}))?/y;
const LOCK_CHECK = /WARNING: (?:possible|suspicious|bad|inconsistent) /y;

function warning(message: string): TypedMessage | null {
  const found = matchStart(WARNED, message);
  const detail = message.slice(9).trimEnd();
  if (found !== null) return typed('health.kernel.warning', { detail, location: found[1] });
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

const overflowed: Phrase[1] = (_message, rest) => {
  const found = /^(\S{1,32}): neighbor table overflow/i.exec(rest);
  return found === null ? null : typed('health.neighbour-table.full', { table: found[1]! });
};

const warned: Phrase[1] = (message) => typed('health.kernel.warning', { detail: message.trimEnd() });

const CPU_FAULT = /CPU:? \d{1,4}(?: Unable to handle kernel |:? PID: \d)/y;
const THROTTLED = /temperature above threshold, cpu clock throttled/i;

function processor(message: string): TypedMessage | null {
  if (matchStart(CPU_FAULT, message) !== null) {
    return message.includes('Unable to handle') ? oops(message, '') : trace(message, '');
  }
  return THROTTLED.test(message) ? typed('health.thermal.throttled', { detail: message.trimEnd() }) : null;
}

const rebooting: Phrase[1] = (message, rest) =>
  typed('health.kernel.rebooting', { detail: rest === '' ? message : rest });

export const faultPhrases: readonly Phrase[] = [
  ['Kernel panic - not syncing', panic],
  ...alike(['Oops', 'Internal error: ', 'Kernel bug detected', 'Unable to handle kernel ', 'Fatal exception'], oops),
  ...alike(['general protection fault', 'kernel BUG at ', 'Unhandled kernel unaligned access', 'Data bus error'], oops),
  ...alike(['Unhandled fault: ', 'usercopy: Kernel memory ', 'Bad page state in process '], oops),
  ['BUG: ', bug],
  ['WARNING: ', warning],
  ...alike(
    ['[ BUG: ', 'corrupted preempt_count: ', 'Alignment trap: ', 'memcpy: detected field-spanning write'],
    warned,
  ),
  ['Rate marked as an HT rate ', warned],
  ['INFO: ', info],
  ...alike(['rcu: INFO: ', 'watchdog: BUG: soft lockup', 'NMI watchdog: '], stalled),
  ...alike(['rcu_sched kthread starved ', 'rcu_preempt kthread starved ', 'rcu: rcu_'], stalled),
  ...alike(['------------[ cut here', '---[ end ', 'Call Trace:', 'Call trace:', 'Modules linked in:'], trace),
  ...alike(
    ['Process ', 'Backtrace:', 'NMI backtrace ', 'Code: ', 'Stack :', 'Rebooting in ', 'Hardware name: '],
    trace,
  ),
  ...alike(['Workqueue: ', 'Function entered at ', 'Exception stack(', 'Mem abort info:', 'Data abort info:'], trace),
  ...alike(['swapper pgtable: ', 'user pgtable: ', 'Kernel Offset: ', 'Memory Limit: ', 'CPU features: 0x'], trace),
  ...alike(['SMP: stopping secondary CPUs', 'Sending NMI from CPU ', '8<--- cut here ---'], trace),
  ['nf_conntrack: ', conntrackFull],
  ...alike(['neighbour: ', 'Neighbour: '], overflowed),
  ['do_page_fault(): ', pageFault],
  ...alike(['init: Watchdog has previously reset', 'procd: Watchdog has previously reset'], watchdogReset),
  ['watchdog: ', watchdogFault],
  ...alike(['TCP: ', 'Possible SYN flooding '], synFlood),
  ...alike(['IPv4: martian source ', 'martian source '], martian),
  ['thermal ', thermal],
  ...alike(['net_ratelimit: ', '** '], suppressed),
  ...alike(['CPU: ', 'CPU '], processor),
  ...Array.from({ length: 8 }, (_, number): Phrase => [`CPU${number}: `, processor]),
  ...alike(['reboot: ', 'Reboot failed '], rebooting),
];

/** Faults that begin with the name of a process or of a function. */
export function namedFault(message: string): TypedMessage | null {
  if (message.includes(': page allocation ')) return allocationFailed(message);
  if (message.includes(' callbacks suppressed')) return suppressed(message);
  return segfault(message);
}
