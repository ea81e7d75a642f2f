/**
 * Lines whose sender gave no tag (`user.info : luci: failed login …`, `[2858]: <msg> [modem0] …`): whose they are is told
 * by how they begin.
 */
const OWNERS: readonly (readonly [start: string, dialect: string])[] = [
  ['luci: ', 'luci'],
  ['[sshd] ', 'sshd'],
  ['[info] luci: ', 'luci'],
  ['Added device handler type: ', 'netifd'],
  ['jail: ', 'procd'],
  ['configfile: ', 'collectd'],
  ['plugin_load: ', 'collectd'],
  ['syslogd ', 'syslogd'],
  ['started: BusyBox', 'syslogd'],
  ['last message repeated ', 'syslogd'],
  ['-- MARK --', 'syslogd'],
  ['<msg> ', 'ModemManager'],
  ['<inf> ', 'ModemManager'],
  ['<wrn> ', 'ModemManager'],
  ['<err> ', 'ModemManager'],
  ['<dbg> ', 'ModemManager'],
  ['<info> ', 'ModemManager'],
  ['<warn> ', 'ModemManager'],
  ['<debug> ', 'ModemManager'],
];

/** Thread and group, as charon begins its lines: `05[IKE] `. */
const CHARON = /\d{2}\[[A-Z]{3}\] /y;

/** The name of the dialect, or null. */
export function ownerOfNameless(message: string): string | null {
  CHARON.lastIndex = 0;
  if (CHARON.test(message)) return 'charon';
  for (const [start, dialect] of OWNERS) {
    if (message.startsWith(start)) return dialect;
  }
  return null;
}
