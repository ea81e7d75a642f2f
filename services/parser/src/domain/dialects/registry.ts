/** Which dialect reads whose messages: one line a daemon, keyed by the tag (`appName`). */
import type { Dialect, DialectContext, TypedMessage } from './dialect.js';
import { dnsmasq } from './dnsmasq.js';
import { dnsmasqDhcp } from './dnsmasq-dhcp.js';
import { dropbear } from './dropbear.js';
import { hostapd } from './hostapd.js';
import { kernel } from './kernel.js';
import { logread } from './logread.js';
import { netifd } from './netifd.js';
import { sshd } from './sshd.js';

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  dnsmasq,
  'dnsmasq-dhcp': dnsmasqDhcp,
  dropbear,
  hostapd,
  kernel,
  logread,
  netifd,
  sshd,
  /** OpenSSH 9.8 and later: the part that serves one connection. */
  'sshd-session': sshd,
};

const byTag = new Map<string, Dialect>(Object.entries(DIALECTS));

/** Null where no dialect knows the daemon, or the dialect does not know the message. */
export function readMessage(context: DialectContext): TypedMessage | null {
  const { appName, message } = context.header;
  const dialect = appName === null ? undefined : byTag.get(appName);
  return dialect === undefined ? null : dialect(message, context);
}
