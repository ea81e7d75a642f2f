/** Scripts that dnsmasq runs for each lease: OpenWrt's dhcp-script, dnsmasq-script's own output, and hotplug readers such as nft-qos. */
import { ipOf, macOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const CALL = /ubus call hotplug\.(\w{1,20}) call "/y;
const VARIABLE = /(?:^|[\s",])(ACTION|MACADDR|IPADDR|HOSTNAME|DHCP_HOSTNAME|TFTP_[A-Z]{2,8})=([^\s",]{0,253})/g;
const FAILED =
  /(?:\/?[\w./-]{1,80}\.sh: |(?:\/bin\/)?(?:ash|sh): |Failed to |Command failed|failed |Usage: |jshn: |uci: |ubus: |ip: |.{1,80}: not found|Traceback|eval: |can't |cannot )/y;

function announced(topic: string, text: string): TypedMessage | null {
  const variables = new Map<string, string>();
  for (const [, name, value] of text.slice(0, 1024).matchAll(VARIABLE)) variables.set(name!, value!);
  const action = variables.get('ACTION');
  if (action === undefined || action === '') return null;
  return typed('lan.lease.announced', {
    topic,
    action,
    clientMac: macOf(variables.get('MACADDR') ?? '') ?? undefined,
    clientIp: ipOf(variables.get('IPADDR') ?? '') ?? undefined,
    clientName: variables.get('HOSTNAME') || variables.get('DHCP_HOSTNAME') || undefined,
  });
}

/** `ubus call hotplug.dhcp call "{ "env": [ "MACADDR=02:...", "IPADDR=192.0.2.7", "ACTION=update" ] }"`. */
export function dhcpScript(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const call = matchStart(CALL, text);
  if (call !== null) return announced(call[1]!, text);
  if (text.startsWith('ACTION=')) return announced('dhcp', text);
  return matchStart(FAILED, text) === null ? null : typed('lan.dhcp.script-failed', { detail: text });
}
