/** Tags that OpenWrt's own daemons use: what tells a `log_prefix` from a tag, and a bare `tag: text` from prose. */
const KNOWN = new Set(
  `kernel hostapd wpa_supplicant netifd udhcpc odhcp6c dnsmasq dnsmasq-dhcp dnsmasq-script odhcpd dropbear sshd
  pppd procd init uhttpd mwan3 mwan3track mwan3-hotplug wireguard_monitor openvpn ipsec charon usteer dawn collectd
  crond cron ntpd sysntpd chronyd firewall logread logd sysupgrade opkg apk rpcd ubusd uci adblock miniupnpd igmpproxy
  ModemManager nlbwmon syslog syslogd root`.split(/\s+/),
);

export function isKnownDaemon(tag: string): boolean {
  return KNOWN.has(tag);
}
