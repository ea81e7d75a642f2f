/** The kernel: packets that the firewall refused, and memory that ran out. */
import type { Device } from '../device.js';
import { internetAddress } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

const NOISE_PORTS = [23, 22, 445, 3389, 80, 8080, 5555, 1433, 6379, 2323, 5060, 8728, 81, 37215] as const;

/** The Internet's background noise: a stranger knocks once. */
export function strangerKnocks(device: Device, script: ScriptWriter): void {
  refusedSyn(device, script, internetAddress(device.random), device.random.pick(NOISE_PORTS));
}

/** One TCP SYN that the WAN zone rejects, in the words of the router's firewall generation (fw3 to 21.02, fw4 since). */
export function refusedSyn(device: Device, script: ScriptWriter, source: string, port: number): void {
  const { random } = device;
  const prefix = device.release === '21.02' ? 'REJECT wan in: ' : 'reject wan in: ';
  const mac = device.wanProtocol === 'pppoe' ? '' : ' MAC=2c:f0:5d:10:20:30:00:1e:4c:77:88:99:08:00';
  script.kernel(
    PRI.kernWarn,
    `${prefix}IN=${device.wanDevice} OUT=${mac} SRC=${source} DST=${device.wanAddress} LEN=40 TOS=0x00 PREC=0x00 ` +
      `TTL=${random.between(38, 250)} ID=${random.below(65_536)} PROTO=TCP SPT=${random.between(1024, 65_535)} ` +
      `DPT=${port} WINDOW=${random.pick([1024, 14_600, 65_535])} RES=0x00 SYN URGP=0`,
    'security.packet.rejected',
  );
}

/** The OOM killer takes a process, and procd starts it again. */
export function outOfMemory(device: Device, script: ScriptWriter, processName: string): void {
  const { random } = device;
  const pid = random.between(1500, 30_000);
  script.kernel(
    PRI.kernWarn,
    `${processName} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`,
    'health.memory.exhausted',
  );
  script.wait(2);
  script.kernel(PRI.kernWarn, 'Mem-Info:');
  script.kernel(
    PRI.kernInfo,
    `[  ${pid}]     0  ${pid}    12873     9911    53248        0             0 ${processName}`,
  );
  script.kernel(
    PRI.kernErr,
    `Out of memory: Killed process ${pid} (${processName}) total-vm:${random.between(40_000, 90_000)}kB, ` +
      `anon-rss:${random.between(20_000, 39_000)}kB, file-rss:4kB, shmem-rss:0kB, UID:0 pgtables:64kB oom_score_adj:0`,
    'health.process.oom-killed',
  );
}
