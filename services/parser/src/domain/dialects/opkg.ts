/** opkg: packages that came, went or would not. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const INSTALLING = /Installing (\S{1,128}) \(([^)]{1,64})\)/y;
const UPGRADING = /Upgrading (\S{1,128}) on \S{1,64} from (\S{1,64}) to (\S{1,64}?)\.{0,3}$/y;
const REMOVING = /Removing (?:obsolete )?(?:package|file) (\S{1,128}) from /y;
const CANNOT_INSTALL = /\s{0,4}\* \w{1,64}: Cannot install package (\S{1,128}?)\.?$/y;

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trim() });
const failed = (message: string): TypedMessage => typed('health.package.failed', { detail: message.trim() });

const read = phrasebook([
  [
    'Installing ',
    (message) => {
      const found = matchStart(INSTALLING, message);
      if (found === null) return null;
      return typed('health.package.installed', { packageName: found[1]!, version: found[2]! });
    },
  ],
  [
    'Upgrading ',
    (message) => {
      const found = matchStart(UPGRADING, message.trimEnd());
      if (found === null) return null;
      const [, packageName = '', previousVersion = '', version = ''] = found;
      return typed('health.package.upgraded', { packageName, version, previousVersion });
    },
  ],
  [
    'Removing ',
    (message) => {
      const packageName = matchStart(REMOVING, message)?.[1];
      return packageName === undefined ? note(message) : typed('health.package.removed', { packageName });
    },
  ],
  ...alike(['Downloading ', 'Configuring ', 'Updated list of ', 'Signature check passed', 'Updating database'], note),
  ...alike(
    ['Collected errors', 'Signature check failed', 'Signature file download failed', 'Unknown package '],
    failed,
  ),
  ...alike(['Could not ', 'Failed ', 'wget returned '], failed),
]);

export function opkg(message: string): TypedMessage | null {
  const refused = matchStart(CANNOT_INSTALL, message.trimEnd());
  if (refused !== null) return typed('health.package.failed', { detail: message.trim(), packageName: refused[1]! });
  if (message.trimStart().startsWith('* ')) return failed(message);
  return read(message);
}
