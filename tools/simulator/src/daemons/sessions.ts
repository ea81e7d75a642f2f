/** dropbear and LuCI: who signs in, who fails to. */
import type { Device } from '../device.js';
import { hex, isDue, nextPid } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

/** The administrator signs in with a key, works a little and leaves. */
export function adminSession(device: Device, script: ScriptWriter): void {
  const pid = nextPid(device);
  const peer = `${device.adminAddress}:${device.random.between(32_768, 60_999)}`;
  const fingerprint = hex(device.random, 40);
  script.say(PRI.authprivInfo, `dropbear[${pid}]: Child connection from ${peer}`, 'security.session.opened');
  script.wait(device.random.between(150, 700));
  script.say(
    PRI.authprivNotice,
    `dropbear[${pid}]: Pubkey auth succeeded for 'root' with ssh-ed25519 key SHA256:${fingerprint} from ${peer}`,
    'security.login.succeeded',
  );
  script.wait(device.random.between(2000, 30_000));
  script.say(
    PRI.authprivInfo,
    `dropbear[${pid}]: Exit (root) from <${peer}>: Disconnect received`,
    'security.session.closed',
  );
}

/** A mistyped password followed by the right one: rare, and never an attack. */
export function adminMistypes(device: Device, script: ScriptWriter): void {
  if (!isDue(device, 'mistype', script.atMicros, 1800)) return adminSession(device, script);
  const pid = nextPid(device);
  const peer = `${device.adminAddress}:${device.random.between(32_768, 60_999)}`;
  script.say(PRI.authprivInfo, `dropbear[${pid}]: Child connection from ${peer}`, 'security.session.opened');
  script.wait(3000);
  script.say(
    PRI.authprivWarn,
    `dropbear[${pid}]: Bad password attempt for 'root' from ${peer}`,
    'security.login.failed',
  );
  script.wait(2500);
  script.say(
    PRI.authprivNotice,
    `dropbear[${pid}]: Password auth succeeded for 'root' from ${peer}`,
    'security.login.succeeded',
  );
}

/** One connection of an attacker who tries `attempts` passwords of one user. */
export function guessedPasswords(
  device: Device,
  script: ScriptWriter,
  attack: { address: string; userName: string; attempts: number; everyMs: number },
): void {
  const pid = nextPid(device);
  const peer = `${attack.address}:${device.random.between(32_768, 60_999)}`;
  script.say(PRI.authprivInfo, `dropbear[${pid}]: Child connection from ${peer}`, 'security.session.opened');
  for (let attempt = 0; attempt < attack.attempts; attempt++) {
    script.wait(attack.everyMs);
    script.say(
      PRI.authprivWarn,
      `dropbear[${pid}]: Bad password attempt for '${attack.userName}' from ${peer}`,
      'security.login.failed',
    );
  }
  script.wait(200);
  script.say(
    PRI.authprivInfo,
    `dropbear[${pid}]: Exit before auth from <${peer}>: (user '${attack.userName}', ${attack.attempts} fails): Disconnect received`,
    'security.session.closed',
  );
}

/** LuCI logs a successful login as an error before 24.10: severity lies. */
export function luciLogin(device: Device, script: ScriptWriter): void {
  const text = `luci: accepted login on / for root from ${device.adminAddress}`;
  if (device.release === '24.10') script.say(PRI.userInfo, `: ${text}`);
  else script.say(PRI.daemonErr, `uhttpd[${device.pids.uhttpd}]: ${text}`);
}
