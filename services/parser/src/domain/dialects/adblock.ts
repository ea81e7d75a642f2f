/** adblock: lists of domains that the resolver does not answer. Source: openwrt/packages net/adblock. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { tellsOfFault } from './fault-words.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

/** Thousands are grouped since 4.2: `69,232`. */
const LOADED = /blocklist with overall ([\d,]{1,15}) (?:blocked )?domains loaded successfully/y;
const note = (message: string): TypedMessage => typed('security.daemon.note', { text: message.trimEnd() });
const failed = (message: string): TypedMessage => typed('security.blocklist.failed', { detail: message.trimEnd() });
const either = (message: string): TypedMessage => (tellsOfFault(message) ? failed(message) : note(message));

function loaded(message: string): TypedMessage {
  const entries = matchStart(LOADED, message)?.[1]?.replaceAll(',', '');
  if (entries === undefined) return either(message);
  return typed('security.blocklist.loaded', { entries: Number(entries), detail: message.trimEnd() });
}

export const adblock = phrasebook([
  ['blocklist with overall ', loaded],
  ['adblock instance started', (message) => typed('health.daemon.started', { detail: message.trimEnd() })],
  ...alike(
    ['adblock ', 'backup ', 'download ', 'dns backend ', 'dns-backend ', 'list ', 'the ', 'add ', 'remove '],
    either,
  ),
  ...alike(["'", 'no ', 'command ', 'service ', 'please ', 'mail ', 'unable ', 'source ', 'preconditions '], either),
]);
