/** crond, ntpd, procd and the rest that every router says while all is well. */
import type { Device } from '../device.js';
import { isDue, nextPid } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

const JOBS = [
  '/usr/bin/wg-watchdog.sh',
  '/usr/sbin/logrotate-lite',
  '/root/backup-config.sh',
  '. /lib/functions.sh; mwan3 use wan',
];

/** crond logs each job as an error: severity lies. */
export function cronJob(device: Device, script: ScriptWriter): void {
  script.say(
    PRI.cronErr,
    `crond[${device.pids.crond}]: USER root pid ${nextPid(device)} cmd ${device.random.pick(JOBS)}`,
  );
}

export function clockDisciplined(device: Device, script: ScriptWriter): void {
  const offset = (device.random.fraction() / 100).toFixed(6);
  script.say(PRI.userNotice, `ntpd: Stratum change, stratum=2 interval=32 offset=${offset}`);
}

export function ledsSetUp(device: Device, script: ScriptWriter): void {
  if (!isDue(device, 'leds', script.atMicros, 3600)) return cronJob(device, script);
  for (const port of device.lanPorts) {
    script.say(PRI.daemonNotice, `procd: /etc/rc.d/S96led: setting up led ${port} link`);
  }
}

export function trafficAccounted(_device: Device, script: ScriptWriter): void {
  script.say(PRI.daemonErr, 'nlbwmon[1893]: Netlink receive failure: Out of memory');
}
