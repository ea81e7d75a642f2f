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

/**
 * The name of the dialect that a tag belongs to: the tag itself, or what stands in front of an instance or a version
 * (`openvpn(client)`, `banIP-1.0.1`); null where there is none.
 */
export function dialectOf(appName: string | null): string | null {
  if (appName === null) return null;
  if (byTag.has(appName)) return appName;
  const end = appName.search(INSTANCE);
  if (end <= 0) return null;
  const name = appName.slice(0, end);
  return byTag.has(name) ? name : null;
}

const INSTANCE = /[(@]|-\d/;

/** Null where no dialect knows the daemon, or the dialect does not know the message. */
export function readMessage(context: DialectContext): TypedMessage | null {
  const dialect = dialectOf(context.header.appName);
  return dialect === null ? null : byTag.get(dialect)!(context.header.message, context);
}
