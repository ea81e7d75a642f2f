/** sysupgrade: a new firmware is written. Its last lines before the restart seldom leave the router. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, phrasebook } from './phrasebook.js';

const step = (message: string): TypedMessage => typed('health.firmware.upgrade-step', { text: message.trimEnd() });
const failed = (message: string): TypedMessage =>
  typed('health.firmware.upgrade-failed', { detail: message.trimEnd() });
const started = (message: string): TypedMessage =>
  typed('health.firmware.upgrade-started', { detail: message.trimEnd() });

const readStep = phrasebook([
  ...alike(['Commencing upgrade', 'Starting upgrade', 'Upgrading firmware', 'Performing system upgrade'], started),
  ...alike(
    ['Saving config files', 'Switching to ramdisk', 'Sending TERM', 'Sending KILL', 'Unlocking ', 'Writing '],
    step,
  ),
  ...alike(['Upgrade completed', 'Rebooting system', 'Cannot save config while', 'Verifying ', 'Reading '], step),
  ...alike(
    ['Sending signal ', 'Sending ', 'Performing ', 'Waiting ', 'Refreshing ', 'Appending ', 'Closing all '],
    step,
  ),
  ...alike(['Image check failed', 'Image metadata not ', 'Device ', 'Failed ', 'failed ', 'Invalid '], failed),
  ...alike(['Refusing ', 'Unsupported ', 'Could not ', 'Upgrade failed', 'Use sysupgrade -F'], failed),
]);

/** procd's upgraded writes `upgrade: ` in front. */
export function sysupgrade(message: string): TypedMessage | null {
  return readStep(message.startsWith('upgrade: ') ? message.slice(9) : message);
}
