/** Health of the router itself. */
import { z } from 'zod';

/** What a part of the kernel has to do with. */
const kernelFamily = z.enum([
  'cpu',
  'memory',
  'interrupts',
  'timers',
  'console',
  'firmware',
  'bus',
  'storage',
  'network',
  'wireless',
  'crypto',
  'random',
  'power',
  'thermal',
  'input',
  'usb',
  'modules',
  'debug',
]);

export const healthEvents = {
  'health.process.oom-killed': z.strictObject({
    processName: z.string(),
    processId: z.number().int().optional(),
    totalVmKb: z.number().int().optional(),
    anonRssKb: z.number().int().optional(),
  }),
  /** Older kernels name the process that they are about to kill; the kill follows in a line of its own. */
  'health.process.oom-chosen': z.strictObject({ processName: z.string(), processId: z.number().int().optional() }),
  /** The allocation that brought the OOM killer about; the kill follows in a line of its own. */
  'health.memory.exhausted': z.strictObject({ processName: z.string() }),
  'health.log.connected': z.strictObject({ destination: z.string(), transport: z.string().optional() }),
  'health.log.send-failed': z.strictObject({ destination: z.string(), transport: z.string().optional() }),
  'health.log.suppressed': z.strictObject({ count: z.number().int(), source: z.string().optional() }),
  /** The OOM killer's work is done: the memory of the process is free. */
  'health.process.oom-reaped': z.strictObject({ processName: z.string(), processId: z.number().int() }),
  /** A process died of a wrong memory access. */
  'health.process.crashed': z.strictObject({ processName: z.string(), processId: z.number().int().optional() }),
  'health.memory.allocation-failed': z.strictObject({ processName: z.string(), order: z.number().int().optional() }),
  /** One line of the account that the kernel gives of its memory when it runs out. */
  'health.memory.report': z.strictObject({ text: z.string() }),
  /** The kernel's table of connections is full: new ones are dropped. */
  'health.conntrack.full': z.strictObject({}),
  'health.kernel.panic': z.strictObject({ detail: z.string() }),
  'health.kernel.oops': z.strictObject({ detail: z.string() }),
  'health.kernel.warning': z.strictObject({ detail: z.string(), location: z.string().optional() }),
  /** A processor or a task made no progress: RCU stall, soft lockup, hung task. */
  'health.kernel.stalled': z.strictObject({ detail: z.string() }),
  /** One line of a call trace or of the registers; the line that opens it is a type of its own. */
  'health.kernel.trace': z.strictObject({ text: z.string() }),
  'health.boot.started': z.strictObject({ kernelVersion: z.string(), build: z.string().optional() }),
  'health.boot.step': z.strictObject({ step: z.string() }),
  /** The last start was the hardware watchdog's doing: the router had hung. */
  'health.watchdog.reset': z.strictObject({ detail: z.string() }),
  'health.watchdog.fault': z.strictObject({ detail: z.string() }),
  'health.storage.mounted': z.strictObject({ filesystem: z.string(), device: z.string() }),
  'health.storage.error': z.strictObject({
    detail: z.string(),
    filesystem: z.string().optional(),
    device: z.string().optional(),
  }),
  /** The kernel keeps the file system from being written. */
  'health.storage.read-only': z.strictObject({ detail: z.string(), device: z.string().optional() }),
  /** `port` is the kernel's name of the place on the bus, e.g. `1-1.2`. */
  'health.usb.attached': z.strictObject({
    port: z.string(),
    deviceNumber: z.number().int(),
    speed: z.string().optional(),
  }),
  'health.usb.detached': z.strictObject({ port: z.string(), deviceNumber: z.number().int() }),
  'health.usb.reset': z.strictObject({ port: z.string(), deviceNumber: z.number().int() }),
  'health.usb.fault': z.strictObject({ port: z.string(), detail: z.string() }),
  'health.thermal.critical': z.strictObject({ detail: z.string() }),
  'health.thermal.throttled': z.strictObject({ detail: z.string() }),
  'health.thermal.fault': z.strictObject({ detail: z.string() }),
  /** A driver that could not take its device. */
  'health.driver.probe-failed': z.strictObject({ driver: z.string(), device: z.string(), errorCode: z.number().int() }),
  /** A file of firmware or calibration data that the router does not have. */
  'health.driver.firmware-missing': z.strictObject({
    device: z.string(),
    file: z.string(),
    errorCode: z.number().int(),
  }),
  /** Other trouble that the driver of a device tells of. */
  'health.driver.fault': z.strictObject({ driver: z.string(), device: z.string(), detail: z.string() }),
  /** A driver that the kernel now knows; `bus` is what its devices hang on. */
  'health.driver.registered': z.strictObject({ driver: z.string(), bus: z.string() }),
  /** Chatter of the driver of a device, mostly at boot. */
  'health.driver.note': z.strictObject({ driver: z.string(), device: z.string(), text: z.string() }),
  /** A part of the kernel without a device of its own could not start, or not do its work. */
  'health.kernel.fault': z.strictObject({ family: kernelFamily, detail: z.string() }),
  /** Chatter of such a part, mostly at boot. */
  'health.kernel.note': z.strictObject({ family: kernelFamily, text: z.string() }),
  /** The router goes down or starts anew because it was told to. */
  'health.kernel.rebooting': z.strictObject({ detail: z.string() }),
  'health.boot.machine': z.strictObject({ model: z.string() }),
  'health.boot.command-line': z.strictObject({ commandLine: z.string() }),
  'health.boot.memory': z.strictObject({ availableKb: z.number().int(), totalKb: z.number().int() }),
  'health.watchdog.started': z.strictObject({ device: z.string(), detail: z.string() }),
  /** The kernel's table of neighbours (ARP, NDP) is full: new ones cannot be reached. */
  'health.neighbour-table.full': z.strictObject({ table: z.string() }),
  /** A part of the flash; addresses are in bytes, `endByte` is the first behind it. */
  'health.storage.partition-found': z.strictObject({
    name: z.string(),
    startByte: z.number().int(),
    endByte: z.number().int(),
  }),
  /** A drive or card, as its driver found it; `size` as the line words it. */
  'health.storage.attached': z.strictObject({ device: z.string(), size: z.string().optional() }),
  /** The file system was not unmounted cleanly (power cut, crash), and repairs itself from its journal. */
  'health.storage.recovered': z.strictObject({ filesystem: z.string(), device: z.string(), detail: z.string() }),
  /** State of a flash as UBI attaches it: erase blocks that work, that do not, and whose content is damaged. */
  'health.storage.flash-condition': z.strictObject({
    device: z.string(),
    goodBlocks: z.number().int(),
    badBlocks: z.number().int(),
    corruptedBlocks: z.number().int(),
  }),
  /** How often blocks of the flash were erased. */
  'health.storage.flash-wear': z.strictObject({
    device: z.string(),
    maxEraseCount: z.number().int(),
    meanEraseCount: z.number().int(),
  }),
  /** A block of the flash is not used any more. `address` is hexadecimal, as the line has it. */
  'health.storage.bad-block': z.strictObject({
    detail: z.string(),
    device: z.string().optional(),
    address: z.string().optional(),
  }),
  /** Bits of the flash had changed and were put right: normal in small numbers. */
  'health.storage.bits-corrected': z.strictObject({ detail: z.string(), device: z.string().optional() }),
  /** Chatter of a file system or of what it lies on. */
  'health.storage.note': z.strictObject({
    text: z.string(),
    filesystem: z.string().optional(),
    device: z.string().optional(),
  }),
  /** procd gives a service up that ends again and again; `instance` is the part of the service. */
  'health.service.crash-looping': z.strictObject({
    service: z.string(),
    instance: z.string().optional(),
    crashes: z.number().int(),
    secondsSinceLast: z.number().int().optional(),
  }),
  /** It did not end when it was told to, and was killed. */
  'health.service.unresponsive': z.strictObject({
    service: z.string(),
    instance: z.string().optional(),
    processId: z.number().int(),
  }),
  /** What the start script of a service wrote; `isFault`: it reads like an error. */
  'health.service.output': z.strictObject({ script: z.string(), text: z.string(), isFault: z.boolean() }),
  'health.boot.completed': z.strictObject({}),
  'health.daemon.started': z.strictObject({ version: z.string().optional(), detail: z.string().optional() }),
  'health.daemon.stopped': z.strictObject({ detail: z.string().optional() }),
  /** A daemon that serves the router itself tells of trouble; which one, the envelope's `appName` says. */
  'health.daemon.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of such a daemon. */
  'health.daemon.note': z.strictObject({ text: z.string() }),
  /** The clock jumped to the time of a server. */
  'health.clock.set': z.strictObject({ offsetSeconds: z.number().optional(), stratum: z.number().int().optional() }),
  'health.clock.synchronized': z.strictObject({
    stratum: z.number().int().optional(),
    offsetSeconds: z.number().optional(),
    server: z.string().optional(),
  }),
  'health.clock.unsynchronized': z.strictObject({ detail: z.string() }),
  /** A time server does not answer, or its name is not known. */
  'health.clock.source-failed': z.strictObject({ detail: z.string(), server: z.string().optional() }),
  /** A daemon saw the clock jump, by so many minutes. */
  'health.clock.jump-noticed': z.strictObject({ minutes: z.number().int() }),
  'health.job.started': z.strictObject({
    userName: z.string(),
    command: z.string(),
    processId: z.number().int().optional(),
  }),
  'health.job.failed': z.strictObject({ detail: z.string(), userName: z.string().optional() }),
  'health.log.started': z.strictObject({ version: z.string().optional() }),
  'health.log.stopped': z.strictObject({ detail: z.string().optional() }),
  /** The line before this one came so many times more. */
  'health.log.repeated': z.strictObject({ count: z.number().int() }),
  'health.firmware.upgrade-started': z.strictObject({ detail: z.string() }),
  'health.firmware.upgrade-step': z.strictObject({ text: z.string() }),
  'health.firmware.upgrade-failed': z.strictObject({ detail: z.string() }),
  'health.package.installed': z.strictObject({ packageName: z.string(), version: z.string().optional() }),
  'health.package.upgraded': z.strictObject({
    packageName: z.string(),
    version: z.string(),
    previousVersion: z.string(),
  }),
  'health.package.removed': z.strictObject({ packageName: z.string(), version: z.string().optional() }),
  'health.package.failed': z.strictObject({ detail: z.string(), packageName: z.string().optional() }),
  /** The router restarts because a program of its own asked for it. */
  'health.reboot.requested': z.strictObject({ detail: z.string() }),
} as const;
