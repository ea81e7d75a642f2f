/** Which dialect reads whose messages: one line a daemon, keyed by the tag (`appName`). */
import type { Dialect, DialectContext, TypedMessage } from './dialect.js';
import { avahi } from './avahi.js';
import { br2684ctl } from './br2684ctl.js';
import { ddns } from './ddns.js';
import { dhcpScript } from './dhcp-script.js';
import { dnsmasqTftp } from './dnsmasq-tftp.js';
import { igmpproxy } from './igmpproxy.js';
import { miniupnpd } from './miniupnpd.js';
import { modemManager } from './modem-manager.js';
import { mwan3 } from './mwan3.js';
import { odhcp6cDaemon } from './odhcp6c.js';
import { odhcpd } from './odhcpd.js';
import { openvpn } from './openvpn.js';
import { chat, pppd } from './pppd.js';
import { sqm } from './sqm.js';
import { strongswan } from './strongswan.js';
import { fastd, pptp, xl2tpd } from './tunnels.js';
import { udhcpcDaemon } from './netifd-handlers.js';
import { wireguardMonitor } from './wireguard.js';
import { adblock } from './adblock.js';
import { apk } from './apk.js';
import { banip } from './banip.js';
import { chronyd } from './chronyd.js';
import { collectd } from './collectd.js';
import { crond } from './crond.js';
import { dawn } from './dawn.js';
import { dnsmasq } from './dnsmasq.js';
import { dnsmasqDhcp } from './dnsmasq-dhcp.js';
import { dropbear } from './dropbear.js';
import { firewall } from './firewall.js';
import { hostapd } from './hostapd.js';
import { kernel } from './kernel.js';
import { login } from './login.js';
import { logread } from './logread.js';
import { luci } from './luci.js';
import { ownerOfNameless } from './nameless.js';
import { netifd } from './netifd.js';
import { nlbwmon } from './nlbwmon.js';
import { ntpd } from './ntpd.js';
import { opkg } from './opkg.js';
import { block, init, kmodloader, mountRoot, procd, sysinit, urandomSeed, urngd } from './procd.js';
import { sshd } from './sshd.js';
import { syslogd } from './syslogd.js';
import { sysupgrade } from './sysupgrade.js';
import { rpcd, ubusd, uci, ucitrack } from './uci.js';
import { uhttpd } from './uhttpd.js';
import { usteer } from './usteer.js';
import { watchcat } from './watchcat.js';
import { wpaSupplicant } from './wpa-supplicant.js';

export const DIALECTS: Readonly<Record<string, Dialect>> = {
  /** odhcpd's ancestor. */
  '6relayd': odhcpd,
  'avahi-daemon': avahi,
  br2684ctl,
  charon: strongswan,
  'charon-systemd': strongswan,
  chat,
  'ddns-scripts': ddns,
  'dhcp-script': dhcpScript,
  'dnsmasq-script': dhcpScript,
  'dnsmasq-tftp': dnsmasqTftp,
  fastd,
  igmpproxy,
  ipsec: strongswan,
  ipsec_starter: strongswan,
  miniupnpd,
  ModemManager: modemManager,
  mwan3,
  'mwan3-hotplug': mwan3,
  mwan3rtmon: mwan3,
  mwan3track: mwan3,
  'mwan3-user': mwan3,
  'nft-qos-dynamic': dhcpScript,
  'nft-qos-monitor': dhcpScript,
  odhcp6c: odhcp6cDaemon,
  odhcpd,
  openvpn,
  pppd,
  pptp,
  SQM: sqm,
  udhcpc: udhcpcDaemon,
  wireguard_monitor: wireguardMonitor,
  wireguard_watchdog: wireguardMonitor,
  xl2tpd,
  adblock,
  apk,
  banIP: banip,
  block,
  chronyd,
  collectd,
  crond,
  /** vixie cron, cronie. */
  CRON: crond,
  dawn,
  dnsmasq,
  'dnsmasq-dhcp': dnsmasqDhcp,
  dropbear,
  firewall,
  fw3: firewall,
  fw4: firewall,
  init,
  insmod: kmodloader,
  kmodloader,
  modprobe: kmodloader,
  mount_root: mountRoot,
  preinit: init,
  hostapd,
  kernel,
  login,
  logd: logread,
  logread,
  luci,
  netifd,
  nlbwmon,
  ntpclient: ntpd,
  ntpd,
  'ntpd-hotplug': ntpd,
  opkg,
  procd,
  rpcd,
  sshd,
  /** OpenSSH 9.8 and later: the part that serves one connection. */
  'sshd-session': sshd,
  sysinit,
  syslog: syslogd,
  syslogd,
  sysntpd: ntpd,
  sysupgrade,
  ubusd,
  uci,
  ucitrack,
  uhttpd,
  upgraded: sysupgrade,
  urandom_seed: urandomSeed,
  'urandom-seed': urandomSeed,
  urngd,
  usteer,
  watchcat,
  wpa_supplicant: wpaSupplicant,
};

const byTag = new Map<string, Dialect>(Object.entries(DIALECTS));

/**
 * The name of the dialect that a tag belongs to: the tag itself, or what stands in front of an instance or a version
 * (`openvpn(client)`, `banIP-1.0.1`); of a line without a tag, what its message tells. Null where there is none.
 */
export function dialectOf(appName: string | null, message: string): string | null {
  if (appName === null) {
    const owner = ownerOfNameless(message);
    return owner !== null && byTag.has(owner) ? owner : null;
  }
  if (byTag.has(appName)) return appName;
  const end = appName.search(INSTANCE);
  if (end <= 0) return null;
  const name = appName.slice(0, end);
  return byTag.has(name) ? name : null;
}

const INSTANCE = /[(@]|-\d/;

/** Null where no dialect knows the daemon, or the dialect does not know the message. */
export function readMessage(context: DialectContext): TypedMessage | null {
  const { appName, message } = context.header;
  const dialect = dialectOf(appName, message);
  return dialect === null ? null : byTag.get(dialect)!(message, context);
}
