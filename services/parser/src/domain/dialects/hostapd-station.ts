/** What hostapd's logger says of one station: `MODULE: text` behind `wlan0: STA 00:11:22:33:44:55 `. */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';

interface Client {
  interface: string;
  clientMac: string;
}

/** `at` is where the station's address begins. */
export function stationLine(name: string, message: string, at: number): TypedMessage | null {
  const clientMac = macAt(message, at);
  const cut = message.indexOf(': ', at + 17);
  if (clientMac === null || cut < 0) return null;
  const client = { interface: name, clientMac };
  const module = message.slice(at + 18, cut);
  const text = message.slice(cut + 2).trimEnd();
  if (!Object.hasOwn(MODULES, module)) return null;
  const said = MODULES[module]!(client, text);
  return said ?? (isStep(module, text) ? typed('wifi.client.note', { ...client, module, text }) : null);
}

const MODULES: Record<string, (client: Client, text: string) => TypedMessage | null> = {
  'IEEE 802.11': association,
  WPA: keyExchange,
  'IEEE 802.1X': portAccess,
  RADIUS: accounting,
  MLME: () => null,
};

/** Steps that hostapd tells of at its lower log levels, by module. */
const STEPS: Record<string, readonly string[]> = {
  'IEEE 802.11': [
    ...[
      'association OK',
      'authentication OK',
      'binding station to interface',
      'authentication: ',
      'SAE authentication ',
    ],
    ...['start SAE authentication', 'deauthentication: ', 'disassociation: ', 'QoS ', 'authorized', 'sending SA Query'],
    ...[
      'received SA Query',
      'SA Query ',
      'WMM ',
      'Action frame',
      'reassociation ',
      'association request',
      'FT authentication',
    ],
  ],
  WPA: [
    'event ',
    'sending ',
    'received EAPOL-Key ',
    'start authentication',
    'pairwise key exchange ',
    'PMK from ',
    'ignore ',
    ...[
      'did not use HMAC-SHA1-AES',
      'FT: ',
      'INITPMK',
      'INITPSK',
      'unauthorizing port',
      'authorizing port',
      'rekeying ',
    ],
    ...['no GTK', 'GMK', 'EAPOL-Key ', 'sent EAPOL', 'invalid EAPOL-Key', 'TKIP', 'added PMKSA', 'removed PMKSA'],
  ],
  'IEEE 802.1X': [
    'Sending EAP Packet',
    'received EAP packet',
    'received EAPOL-',
    'decapsulated EAP packet',
    'old identity ',
    'STA identity ',
    'start authentication',
    'could not extract EAP-Message',
    'aborting authentication',
    'using EAP timeout',
    'unknown ',
  ],
  RADIUS: ['Received RADIUS packet', 'Sending RADIUS ', 'Resending RADIUS ', 'VLAN ID ', 'updated TX ', 'Interim '],
  MLME: ['MLME-'],
};

function isStep(module: string, text: string): boolean {
  return STEPS[module]!.some((start) => text.startsWith(start));
}

/** The client asks for what the network does not offer, or does not offer what the network demands. */
const UNFIT =
  /^(?:No WPA\/RSN (?:IE|information element) in|WPA\/RSN (?:IE|information element) in .{1,40} not|Station tries to associate before authentication|unsupported |[Ii]nvalid |Mandatory |did not include |Station does not support|PMF required|TKIP .{0,40}not allowed|management frame protection|robust management|RSN .{1,60} (?:not|mismatch)|Station not (?:capable|authenticated))/;

const TOO_MANY = ['no more free AIDs', 'no room for more AIDs', 'no AID available'];

function association(client: Client, text: string): TypedMessage | null {
  if (text === 'authenticated') return typed('wifi.client.authenticated', client);
  if (text.startsWith('associated')) {
    const aid = /^associated \(aid (\d{1,5})\)/.exec(text);
    return typed('wifi.client.associated', { ...client, associationId: wholeNumber(aid?.[1]) });
  }
  for (const verb of ['disassociated', 'deauthenticated', 'disconnected'] as const) {
    if (text.startsWith(verb)) return left(client, verb, text.slice(verb.length).trim());
  }
  // "did not acknowledge" is radio trouble, not a refusal; "denied" and "not allowed" are.
  if (text.startsWith('not allowed to associate') || text.startsWith('denied ')) {
    return typed('wifi.client.auth-failed', { ...client, reason: 'refused', detail: text });
  }
  if (text.startsWith('did not acknowledge ')) return typed('wifi.client.unresponsive', { ...client, detail: text });
  if (text.startsWith('Could not add STA to kernel driver') || text.startsWith('Could not set STA to kernel driver')) {
    return typed('wifi.client.refused', { ...client, cause: 'driver', detail: text });
  }
  if (UNFIT.test(text)) return typed('wifi.client.refused', { ...client, cause: 'protocol', detail: text });
  if (TOO_MANY.some((start) => text.startsWith(start))) {
    return typed('wifi.client.refused', { ...client, cause: 'capacity', detail: text });
  }
  return null;
}

/** `disconnected due to excessive missing ACKs` is a disassociation that hostapd words differently. */
function left(client: Client, verb: 'disassociated' | 'deauthenticated' | 'disconnected', rest: string): TypedMessage {
  const why = rest.startsWith('due to ') ? rest.slice(7) : rest;
  const gone = { ...client, reason: why === '' ? undefined : why };
  return verb === 'deauthenticated'
    ? typed('wifi.client.deauthenticated', gone)
    : typed('wifi.client.disassociated', gone);
}

const PROOF_FAILED = /^(?:4-Way Handshake|.{0,40}invalid MIC|pairwise key handshake failed)/;

function keyExchange(client: Client, text: string): TypedMessage | null {
  const completed = /^(pairwise|group) key handshake completed(?: \((\w{1,12})\))?/.exec(text);
  if (completed !== null) {
    const detail = { ...client, protocol: completed[2] };
    return completed[1] === 'group'
      ? typed('wifi.client.group-key-renewed', detail)
      : typed('wifi.client.handshake-completed', detail);
  }
  if (text.startsWith('EAPOL-Key timeout')) {
    return typed('wifi.client.handshake-retried', { ...client, detail: text });
  }
  if (text.startsWith('group key handshake failed')) {
    return typed('wifi.client.group-key-failed', { ...client, detail: text });
  }
  if (text.startsWith('FT authentication already completed')) {
    return typed('wifi.client.roamed', { ...client, detail: text });
  }
  return PROOF_FAILED.test(text)
    ? typed('wifi.client.auth-failed', { ...client, reason: 'psk-mismatch', detail: text })
    : null;
}

function portAccess(client: Client, text: string): TypedMessage | null {
  if (text.startsWith('authentication failed') || text.startsWith('Supplicant used different EAP type')) {
    return typed('wifi.client.auth-failed', { ...client, reason: 'eap', detail: text });
  }
  if (text.startsWith('did not Ack EAPOL-Key')) return typed('wifi.client.unresponsive', { ...client, detail: text });
  if (text.startsWith('authenticated')) return typed('wifi.client.eap-succeeded', { ...client, detail: text });
  if (text === 'authorizing port') return typed('wifi.client.port-changed', { ...client, isAuthorized: true });
  if (text === 'unauthorizing port') return typed('wifi.client.port-changed', { ...client, isAuthorized: false });
  return null;
}

const ACCOUNTING = /^(starting|stopped) accounting session (\S{1,64})$/;

function accounting(client: Client, text: string): TypedMessage | null {
  const found = ACCOUNTING.exec(text);
  if (found === null) return null;
  const session = { ...client, sessionId: found[2]! };
  return found[1] === 'starting'
    ? typed('wifi.client.accounting-started', session)
    : typed('wifi.client.accounting-stopped', session);
}
