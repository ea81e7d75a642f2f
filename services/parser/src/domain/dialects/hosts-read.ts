/** `read /etc/hosts - 4 addresses`: what both of dnsmasq's tags say when they have read a file of names. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';

const READ = /read (\S{1,256}) - (\d{1,9}) (?:addresses|names)/y;

export function hostsRead(message: string): TypedMessage | null {
  READ.lastIndex = 0;
  const found = READ.exec(message);
  return found === null ? null : typed('lan.dns.hosts-read', { file: found[1]!, entries: Number(found[2]) });
}
