/** Where things stand in the work tree. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the work tree. */
export const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[/\\]$/, '');

/** What belongs to the work tree itself and not to one run's data: installed binaries, the build's fingerprint. */
export const workPlace = join(root, '.opmas');

/** Binaries that were downloaded, a folder for each release. */
export const binaryPlace = join(workPlace, 'bin');
