/** Health of the router itself. */
import { z } from 'zod';

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
} as const;
