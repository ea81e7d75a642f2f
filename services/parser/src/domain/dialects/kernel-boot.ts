/**
 * What the kernel and its parts tell while the router boots: milestones as types of their own, chatter by family. A part is
 * known by its name in front of the colon (`clocksource: ...`), or by how the line begins (`Dentry cache hash table ...`).
 */
import type { EventFields } from '@opmas/contracts';
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

type Family = EventFields<'health.kernel.note'>['family'];

const BOOTED = /Linux version (\S{1,64})(?: (.{1,400}))?/y;

function booted(message: string): TypedMessage | null {
  const found = matchStart(BOOTED, message);
  return found === null ? null : typed('health.boot.started', { kernelVersion: found[1]!, build: found[2]?.trimEnd() });
}

const MILESTONE =
  /^(?:Console is alive|failed to |done loading kernel modules|loading kernel modules|Coldplug|Ping|preinit|device disconnected)/;

/** `procd: - early -`, `init: Console is alive`, `kmodloader: loading kernel modules from /etc/modules.d/*`. */
function bootStep(message: string, rest: string): TypedMessage | null {
  if (rest.startsWith('- ')) {
    const end = rest.indexOf(' -', 2);
    return end > 2 && end < 40 ? typed('health.boot.step', { step: rest.slice(2, end) }) : null;
  }
  if (rest.startsWith('failed to '))
    return typed('health.kernel.fault', { family: 'modules', detail: message.trimEnd() });
  return MILESTONE.test(rest) ? typed('health.boot.step', { step: rest }) : null;
}

const step: Phrase[1] = (message) => typed('health.boot.step', { step: message.trimEnd() });

const machine: Phrase[1] = (_message, rest) => (rest === '' ? null : typed('health.boot.machine', { model: rest }));

const commandLine: Phrase[1] = (_message, rest) => typed('health.boot.command-line', { commandLine: rest });

const MEMORY = /Memory: (\d{1,12})[kK]\/(\d{1,12})[kK] available/y;

function memory(message: string): TypedMessage | null {
  const found = matchStart(MEMORY, message);
  const availableKb = wholeNumber(found?.[1]);
  const totalKb = wholeNumber(found?.[2]);
  return availableKb === undefined || totalKb === undefined
    ? null
    : typed('health.boot.memory', { availableKb, totalKb });
}

const WRONG = /\b(?:failed|failure|cannot|can't|could not|unable to|error|non-existent|wrong|timed out|timeout)\b/i;
const EVERYDAY =
  /\b(?:timeout|ignor(?:ed|ing)|falling back|using fallback|optional)\b.{0,80}(?:sec|ms|ok|default|fallback)/i;

function told(family: Family, text: string): TypedMessage {
  return WRONG.test(text) && !EVERYDAY.test(text)
    ? typed('health.kernel.fault', { family, detail: text })
    : typed('health.kernel.note', { family, text });
}

/** Names that parts of the kernel put in front of their colon. */
const PARTS: Record<Family, string> = {
  cpu: `smp SMP rcu RCU L2C cpuidle cpufreq cacheinfo alternatives cpu MIPS VPE FPU VFP percpu pcpu-alloc topology perf
    hw-breakpoint armv7-pmu mvebu-soc-id mvebu-pmsu soc SoC l2c unwind kprobes static_key jump_label sched_mc`,
  memory: `cma SLUB slub mm Memory HugeTLB hugetlb numa DMA dma OF-reserved zbud zswap zpool mapped memblock kfence
    cma_alloc ashmem SWIOTLB swapon swap`,
  interrupts: 'NR_IRQS GIC GICv2m GICv3 gic its ITS irq IRQ genirq plic intc irq_brcmstb_l2 CPU_IRQ',
  timers: `clocksource sched_clock timer arch_timer hctosys timer_oxnas_rps Clockevents clockevents tsc rtc rtc_cmos
    PTP pps_core ptp ugps`,
  console: 'printk console Serial serial earlycon bootconsole fbcon fb pstore ramoops msm_serial',
  firmware: 'OF psci efi ACPI DMI FIT SMBIOS smccc arm-scmi scmi optee tee kexec_raw find_itb_subimage dt-overlay fdt',
  bus: `PCI pci PCIe pcieport platform ssb bcma bcma-pci-bridge vgaarb i2c i2c_dev spi pinctrl gpio gpiochip_add_data ti-sysc
    regulator reset iommu vfio dwc mdio_bus nvmem kobject_add_internal pcie fsl-mc l11 vdd_dl scsi libata SCSI`,
  storage: `loop brd nbd device-mapper md raid6 xor nfs cifs fuse VFS pty devtmpfs io workingset squashfs ufs mtd mtdoops nvme
    scsi_mod sdhci sdhci-pltfm mmci-pl18x mmc cdrom zram zsmalloc fscrypt msdos romfs ashmem vfs ubi mtdblock
    at24 m25p80 iscsi`,
  network: `NET NET4 IP TCP UDP IPv6 IPv4 bridge 8021q libphy sit ip6_tables ip_tables ip6_gre gre ip_gre ipip ip_vti l2tp_core
    l2tp_ppp l2tp_netlink l2tp_eth PPP ppp pppol2tp pppoe pptp wireguard nf_conntrack nf_conntrack_l4proto_tcp4 nf_tables
    xt_time xt_addrtype ipt_CLUSTERIP arp_tables ebtables ip_set netem u32 Mirror GACT batman_adv bonding tun xfrm
    NetLabel mdio mdio_bus fixed_phy DSA dsa mv88e6xxx b53_common rtl8366_smi rtl83xx_fib_event_work_do macvlan ipvlan vxlan geneve
    team veth IPsec IPVS dccp sctp SCTP tipc can pktgen netconsole netpoll netlink net-xrx200 hso cdc_ether qmi_wwan br2684
    mctp Bridge openvswitch fou ip6_tunnel nss ecm fast-classifier sfe shortcut-fe flow_offload ipset rtnetlink
    qca_nss_drv nss-dp nss_nlipv4 bpfilter bpf mlx4_core udp netfilter`,
  wireless: 'ieee80211 rfkill mac80211 regulatory lib80211 libipw Bluetooth bluetooth hci btusb wilc',
  crypto: `alg cryptd cryptomgr xor crypto jitterentropy drbg testmgr Key-type Asymmetric caam omap-sham mv_cesa libsha1
    marvell-cesa tcrypt`,
  random: 'random urngd urandom-seed urandom_seed hw_random crng getrandom',
  power: 'PM pm cpuidle-dt suspend reboot-mode syscon-reboot power-supply sysrq opp energy_model',
  thermal: 'thermal_sys thermal hwmon coretemp',
  input:
    'input hid hidraw usbhid evbug button-hotplug gpio-keys gpio_button_hotplug leds led ledtrig-cpu ledtrig leds-gpio',
  usb: `usbcore usbserial ehci_hcd ohci_hcd uhci_hcd xhci_hcd ehci-pci ehci-platform ehci-orion ehci-fsl ehci-atmel ohci-platform
    ohci-pci usbip cdc_acm usblp usb-storage uas dwc3 dwc2 musb-hdrc gadget udc phy usb_common usbmon usb.c hub.c`,
  modules: 'module kmodloader firmware_class modules insmod livepatch',
  debug:
    'ftrace Ftrace kgdb kmemleak debugfs sysctl audit SELinux apparmor AppArmor LSM crashlog gcov Tracing trace systemd klogd',
};

const FAMILIES = new Map<string, Family>(
  (Object.entries(PARTS) as [Family, string][]).flatMap(([family, names]) =>
    names.split(/\s+/).map((name) => [name, family] as const),
  ),
);

/** `12345678.serial: ttyS0 at MMIO 0x12345678 (irq = 15, ...) is a 16550A`. */
const SERIAL_PORT = /tty\S{1,8} at (?:MMIO|I\/O) /y;
const WATCHDOG = /(?:wdt|watchdog)/i;
const MODULE_LOADED = /(?:module (?:loaded|license)|loading out-of-tree module|module verification failed|no device$)/;
const VERSIONED = /^(?:Copyright|\(C\)|v\d|version \d)/i;

const GUARDS = /\b(?:enabled|initiali[sz]ed|initial timeout|init done|registered|started|watchdog driver)\b/i;
const CORE = /(\S{1,64}\.?(?:wdt|watchdog)\S{0,32}): (.{1,300})/y;

/** A watchdog's driver, or the core of them all, which names the device next: `watchdog: f1020300.watchdog: text`. */
function watchdog(name: string, text: string): TypedMessage {
  if (GUARDS.test(text)) return typed('health.watchdog.started', { device: name, detail: text });
  const named = name === 'watchdog' ? matchStart(CORE, text) : null;
  return typed('health.driver.note', { driver: name, device: named?.[1] ?? name, text: named?.[2] ?? text });
}

/** `name: text`, the name one of a part of the kernel. */
export function kernelPart(name: string, text: string): TypedMessage | null {
  const family = FAMILIES.get(name);
  if (family !== undefined) return told(family, `${name}: ${text}`);
  if (matchStart(SERIAL_PORT, text) !== null)
    return typed('health.kernel.note', { family: 'console', text: `${name}: ${text}` });
  if (WATCHDOG.test(name)) return watchdog(name, text);
  if (MODULE_LOADED.test(text) || VERSIONED.test(text)) {
    return typed('health.kernel.note', { family: 'modules', text: `${name}: ${text}` });
  }
  return null;
}

/** How lines begin that name no part. */
const STARTS: Record<Family, readonly string[]> = {
  cpu: [
    ...[
      'CPU: ',
      'CPU Clock',
      'CPU features: ',
      'CPU revision ',
      'CPU0',
      'CPU1',
      'CPU2',
      'CPU3',
      'Detected VIPT ',
      'Detected PIPT ',
    ],
    ...['Primary ', 'MIPS secondary ', 'MIPS CPS ', 'VPE topology ', 'SMP: ', 'Booting CPU ', 'Booting Linux on '],
    ...[
      'Brought up ',
      'Calibrating delay loop',
      'Synchronize counters ',
      'FPU Affinity ',
      'VFP support ',
      'L2C',
      'Init MMU ',
    ],
    ...[
      'Ignoring duplicate/late registration',
      'Switching to timer-based delay',
      'Checking for ',
      'Setting up static identity',
    ],
    ...[
      'POSIX conformance ',
      'Registering SWP/SWPB ',
      'futex hash ',
      'Detected 1 available secondary',
      'ASID allocator ',
      'All CPU(s) ',
    ],
    ...[
      'Detected ARM',
      'Hierarchical ',
      'RCU Tasks',
      'Total of ',
      'Failed to get CPU',
      'CPUidle ',
      'Loading kernel module',
    ],
  ],
  memory: [
    ...[
      'Memory: ',
      'Memory policy: ',
      'Memory Space ',
      'On node ',
      'Zone ranges:',
      'Movable zone ',
      'Early memory ',
      'Built ',
    ],
    ...[
      'Dentry cache ',
      'Dentry-cache ',
      'Inode-cache ',
      'Inode cache ',
      'Mount-cache ',
      'Mountpoint-cache ',
      'Mount cache ',
    ],
    ...[
      'Buffer cache ',
      'Page-cache ',
      'Page cache ',
      'pcpu-alloc: ',
      'Virtual kernel memory',
      'Determined physical RAM',
    ],
    ...[
      'Initmem setup ',
      'Initmem ',
      'Reserved ',
      'Freeing ',
      'This architecture does not have kernel memory',
      'Fast TLB ',
    ],
    ...[
      'Checked W+X ',
      'Kernel memory protection',
      'software IO TLB',
      'Top of RAM',
      'zone(',
      'SDRAM size',
      'NOFS reserved',
      'mem auto-init',
    ],
    ...[
      'No memory allocated for ',
      'Sorting __ex_table',
      'Starting kswapd',
      'MIPS: Reserved',
      'Writing ErrCtl ',
      'Readback ErrCtl ',
    ],
    ...['PERCPU: ', 'Highmem zone', 'Memory manager '],
  ],
  interrupts: ['NR_IRQS', 'GIC: ', 'IRQ ', 'Interrupt ', 'FPGA IRQ chip '],
  timers: ['Console: ', 'Clocksource ', 'clocksource: ', 'Switched to ', 'Real Time Clock ', 'PTP clock support'],
  console: ['printk: ', 'Serial: ', 'Serial driver ', 'Console ', 'pty: ', '[drm] '],
  firmware: [
    'OF: ',
    'Machine',
    'No ATAGs',
    'Bootloader ',
    'U-Boot ',
    'Failed to execute /init',
    'ACPI Warning',
    'ACPI Error',
    'Adam2 ',
  ],
  bus: [
    ...[
      'pinctrl core: ',
      'PCI: ',
      'PCI host bridge ',
      'PCI device ',
      'NEW PCI ',
      '[PCI] ',
      'Found ',
      'Find Total ',
      'SCSI ',
      'libata ',
    ],
    ...['/soc/', '/pci', 'PCIe: ', 'kobject_add_internal ', 'assign mem ', 'memory mapping ', 'pcie_rc_initialize '],
    ...['ifx_pcie_bios_map_irq ', 'ifx_pcie_wait_phy_link_up ', 'ifx_pcie_rc_class_early_fixup: '],
  ],
  storage: [
    ...[
      'VFS: ',
      'Squashfs ',
      'squashfs: ',
      'NTFS ',
      'fuse: ',
      'Loading iSCSI ',
      'io scheduler ',
      'block device ',
      'Waiting ',
    ],
    ...[
      'Block layer SCSI',
      'Installing knfsd',
      'NFS: ',
      'flash device',
      'number of CFI',
      'cfi_cmdset_0001: ',
      'cfi_cmdset_0002: ',
      'Mapping ',
    ],
    ...['MediaTek Nand driver '],
  ],
  network: [
    ...[
      'NET: ',
      'NET4: ',
      'Linux NET4',
      'Segment Routing',
      'PPP ',
      'IP idents',
      'IP: ',
      'IP Protocols',
      'Initializing RT netlink',
    ],
    ...[
      'Initializing XFRM',
      'GRE over ',
      'TCP: ',
      'UDP',
      'IPv6: ',
      'IPVS: ',
      'Netfilter messages',
      'Mirror/redirect',
      'Ebtables v',
    ],
    ...[
      'Bridge firewalling',
      'DSA: ',
      'nf_conntrack',
      'ip_tables: ',
      'ctnetlink',
      'RESETTING 8',
      'atmpvc_init',
      'Based upon Swansea',
    ],
    ...[
      'rtl83xx_fib_event_work_do: ',
      'PPPQ use ',
      'Per-port-per-queue',
      'ESS reset ok',
      'TUN: ',
      'Universal TUN',
      'L2TP ',
      '803x_aneg_done',
    ],
    ...['nf_conntrack_l4proto_tcp4 ', 'nf_conntrack_l4proto_udp4 ', 'br2684:', 'Atheros AG71xx: '],
  ],
  wireless: ['rfkill: ', 'wlan: '],
  crypto: [
    'Key type ',
    'Asymmetric key ',
    'IFX DEU ',
    'Infineon Technologies DEU',
    'Initialise system trusted',
    'alg: ',
    'Loading compiled-in',
    'Loaded X.509',
  ],
  random: ['random: ', 'urandom-seed: ', 'urngd: '],
  power: ['cpuidle: ', 'cpufreq: ', 'PM: ', 'deactivating PMU', 'Reboot Status ', 'Power '],
  thermal: ['thermal_sys: '],
  input: ['Button Hotplug ', 'input: ', 'hidraw: '],
  usb: ['usb.c: ', 'hub.c: ', 'USB: '],
  modules: ['Warning: unable to open an initial console', 'Not activating Mandatory'],
  debug: ['pstore: ', 'ramoops: ', 'sysctl ', 'crashlog', 'audit: ', 'klogd '],
};

const starts = (Object.entries(STARTS) as [Family, readonly string[]][]).flatMap(([family, phrases]) =>
  alike(phrases, (message): TypedMessage => told(family, message.trimEnd())),
);

const BRACKETED = /\[([a-zA-Z][\w-]{2,24})\] ?\S/y;
const LAST_QUERY = / (?:Amd\/Fujitsu|Intel\/Sharp) Extended Query Table /y;

const NUMBERED = /\d{1,3} CPUs re-calibrate /y;
const ZONE =
  /(?: {2}(?:(?:Normal|DMA|DMA32|HighMem|Movable) {1,8}(?:zone|empty|\[mem)|node {1,3}\d)| memory: [\da-f]{8})/y;
const RCU = /(?:\\x09| {2,8})(?:RCU|Trampoline|Rude|Tracing|Unless rcu_|Boot CPU|Offload|Build-time)/y;

/** Boot lines that begin with a figure, a space, or a vendor's module in brackets. */
export function unnumbered(message: string): TypedMessage | null {
  if (matchStart(BRACKETED, message) !== null) return told('modules', message.trimEnd());
  if (matchStart(LAST_QUERY, message) !== null) return told('storage', message.trim());
  if (matchStart(NUMBERED, message) !== null || matchStart(RCU, message) !== null) {
    return typed('health.kernel.note', { family: 'cpu', text: message.trim() });
  }
  return matchStart(ZONE, message) === null
    ? null
    : typed('health.kernel.note', { family: 'memory', text: message.trim() });
}

const READY = /crng init done|crng done/;

function random(message: string, rest: string): TypedMessage | null {
  return READY.test(rest) ? typed('health.boot.step', { step: message.trimEnd() }) : null;
}

export const bootPhrases: readonly Phrase[] = [
  ['Linux version ', booted],
  ...alike(['procd: ', 'init: ', 'kmodloader: '], bootStep),
  ['Run ', step],
  ...alike(
    ['OF: fdt: Machine model: ', 'MIPS: machine is ', 'Machine model: ', 'Machine: ', 'SoC Type: ', 'SoC: '],
    machine,
  ),
  ...alike(['Kernel command line: ', 'Bootloader command line (ignored): '], commandLine),
  ['Memory: ', memory],
  ['VFS: Mounted root ', step],
  ['random: ', random],
  ...starts,
];
