/** sqm-scripts and qos-scripts: the queue that keeps an uplink from filling its modem's buffers. */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const STARTING = /Starting SQM script: (\S{1,64}) on (\S{1,64}?), in: (\d{1,10}) Kbps, out: (\d{1,10}) Kbps/y;
const ON = /(?:Starting|Stopping) SQM(?: on)? (\S{1,64})/y;

const note: Phrase[1] = (message) => typed('wan.shaping.note', { text: message.trimEnd() });
const failed: Phrase[1] = (message) => typed('wan.shaping.failed', { detail: message.trimEnd() });

function started(message: string): TypedMessage | null {
  const found = matchStart(STARTING, message);
  if (found === null) return null;
  const [, script, device, down, up] = found;
  return typed('wan.shaping.started', {
    device: device!,
    script: script!,
    downKbps: wholeNumber(down),
    upKbps: wholeNumber(up),
  });
}

function stopped(message: string): TypedMessage | null {
  const device = matchStart(ON, message)?.[1];
  return device === undefined ? null : typed('wan.shaping.stopped', { device });
}

export const sqm = phrasebook([
  ['Starting SQM script: ', started],
  ['Stopping SQM on ', stopped],
  ['ERROR: ', failed],
  ['WARNING: ', failed],
  ...alike(['failed', 'Failed', 'cannot', 'Cannot', 'Error', 'tc ', 'ip ', 'Could not'], failed),
  ...alike(['Interface ', 'SQM', 'Starting ', 'Stopping ', 'Trying to start', 'ifb', 'Using '], note),
  ...alike(
    [' was started on ', 'was started on ', 'squash', 'ECN', 'LLA', 'link layer', 'cmd_wrapper', 'Found '],
    note,
  ),
]);
