/** nlbwmon: it counts traffic by client, and loses counts when its buffer is too small. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });

export const nlbwmon = phrasebook([
  ['Reloading nlbwmon due to ', note],
  ...alike(['Netlink ', 'Unable ', 'Failed ', 'Error ', 'Invalid ', 'The netlink receive buffer', 'Corrupted '], fault),
  ...alike(['Loading ', 'Database ', 'Starting ', 'Importing '], note),
]);
