/** dnsmasq-tftp: files that clients fetch to start from the network. `sent /srv/tftp/boot.img to 192.0.2.7`. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const SENT = /sent (.{1,256}) to (\S{2,64})/y;
const NOT_SENT = /(?:failed sending (.{1,256}) to|file (.{1,256}) not found for) (\S{2,64})/y;
const RECEIVED = /(?:error \d{1,3} .{0,120} received|unsupported request) from (\S{2,64})/y;

const note: Phrase[1] = (message) => typed('lan.tftp.note', { text: message.trimEnd() });

function sent(message: string): TypedMessage | null {
  const found = matchStart(SENT, message);
  const clientIp = found === null ? null : ipOf(found[2]!);
  return clientIp === null ? null : typed('lan.tftp.sent', { file: found![1]!, clientIp });
}

function notSent(message: string): TypedMessage | null {
  const found = matchStart(NOT_SENT, message);
  if (found === null) return null;
  return typed('lan.tftp.failed', {
    detail: message.trimEnd(),
    file: found[1] ?? found[2],
    clientIp: ipOf(found[3]!) ?? undefined,
  });
}

function received(message: string): TypedMessage | null {
  const from = matchStart(RECEIVED, message)?.[1];
  if (from === undefined) return null;
  return typed('lan.tftp.failed', { detail: message.trimEnd(), clientIp: ipOf(from) ?? undefined });
}

const failed: Phrase[1] = (message) => typed('lan.tftp.failed', { detail: message.trimEnd() });

export const dnsmasqTftp = phrasebook([
  ['sent ', sent],
  ...alike(['failed sending ', 'file '], notSent),
  ...alike(['error ', 'unsupported request from '], received),
  ...alike(
    ['TFTP directory ', 'cannot access ', 'cannot read ', 'unable to get free port', 'ignoring packet from '],
    failed,
  ),
  ...alike(['TFTP root is ', 'TFTP enabled', 'TFTP secure', 'TFTP single', 'restricting maximum'], note),
]);
