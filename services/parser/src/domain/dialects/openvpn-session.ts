/** Whose line of OpenVPN it is: the tunnel, and the other end that a server names in front. */
import { endpointOf } from './addresses.js';

/** The tunnel and, where the line tells it, the other end. */
export interface OpenvpnPeer {
  product: 'openvpn';
  tunnel: string | undefined;
  peerName?: string | undefined;
  peerIp?: string | undefined;
  peerPort?: number | undefined;
}

/** `[AF_INET]203.0.113.9:1194`, `[AF_INET6]2001:db8::9:1194`, `203.0.113.9:1194`. */
export function openvpnEndpoint(token: string): { peerIp: string; peerPort: number } | null {
  const text = token.startsWith('[AF_INET') ? token.slice(token.indexOf(']') + 1) : token;
  const endpoint = endpointOf(text.endsWith(',') || text.endsWith(':') ? text.slice(0, -1) : text);
  return endpoint === null ? null : { peerIp: endpoint.ip, peerPort: endpoint.port };
}

const LONGEST_SESSION = 160;

/** The session that a server's line names in front, and the text behind it. */
export function openvpnSession(message: string, tunnel: string | undefined): { peer: OpenvpnPeer; text: string } {
  const space = message.slice(0, LONGEST_SESSION).indexOf(' ');
  const token = space > 0 ? message.slice(0, space) : '';
  const slash = token.lastIndexOf('/');
  const endpoint = token.includes(':') ? openvpnEndpoint(token.slice(slash + 1)) : null;
  if (endpoint === null) return { peer: { product: 'openvpn', tunnel }, text: message };
  const peerName = slash > 0 ? token.slice(0, slash) : undefined;
  return { peer: { product: 'openvpn', tunnel, peerName, ...endpoint }, text: message.slice(space + 1) };
}
