/** Tags that OpenWrt's own daemons use: what tells a `log_prefix` from a tag, and a bare `tag: text` from prose. */
const KNOWN = new Set(
  `kernel hostapd wpa_supplicant netifd udhcpc odhcp6c dnsmasq dnsmasq-dhcp dnsmasq-tftp dnsmasq-script odhcpd 6relayd
  dhcp-script nft-qos-dynamic nft-qos-monitor dropbear sshd sshd-session pppd xl2tpd pptp chat br2684ctl procd init
  preinit sysinit kmodloader insmod modprobe mount_root block fstab jffs2reset urandom_seed urandom-seed urngd usbmode
  uhttpd luci nginx mwan3 mwan3track mwan3rtmon mwan3-hotplug mwan3-user wireguard_monitor wireguard_watchdog openvpn
  ipsec ipsec_starter charon charon-systemd swanctl fastd usteer dawn collectd crond cron CRON ntpd ntpd-hotplug sysntpd
  chronyd ntpclient firewall fw3 fw4 logread logd sysupgrade upgraded opkg apk rpcd ubusd uci ucitrack adblock
  adblock-fast banIP miniupnpd igmpproxy mcproxy omcproxy ModemManager uqmi nlbwmon ddns-scripts unbound snmpd lldpd umdns
  relayd avahi-daemon SQM watchcat sudo su login passwd syslog syslogd klogd root`.split(/\s+/),
);

export function isKnownDaemon(tag: string): boolean {
  return KNOWN.has(tag);
}
