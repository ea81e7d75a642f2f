/**
 * procd, the first process: services that end too often or not at all, what their start scripts write, the steps of the
 * boot; and its helpers (init, kmodloader, mount_root, urngd, block) where they have tags of their own: early in the boot
 * they write to the kernel's buffer, and the kernel's dialect reads them.
 */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { tellsOfFault } from './fault-words.js';
import type { Phrase } from './phrasebook.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });
const storageError = (message: string): TypedMessage => typed('health.storage.error', { detail: message.trimEnd() });

const INSTANCE =
  /Instance (\S{1,128}) (?:(?:i?s in a crash loop (\d{1,9}) crashes?, (\d{1,9}) seconds? since last crash)|(?:pid (\d{1,10}) not stopped on SIG\w{2,8}))/y;

/** `dnsmasq::cfg01411c s in a crash loop`: procd cuts the `i` of `is` off. */
function instance(message: string): TypedMessage | null {
  const found = matchStart(INSTANCE, message);
  if (found === null) return null;
  const [, name = '', crashes, seconds, pid] = found;
  const colons = name.indexOf('::');
  const who = {
    service: colons > 0 ? name.slice(0, colons) : name,
    instance: colons > 0 ? name.slice(colons + 2) : undefined,
  };
  if (pid !== undefined) return typed('health.service.unresponsive', { ...who, processId: Number(pid) });
  return typed('health.service.crash-looping', {
    ...who,
    crashes: Number(crashes),
    secondsSinceLast: Number(seconds),
  });
}

/** `- init complete -`, `- early -`. */
function step(message: string, rest: string): TypedMessage | null {
  if (!rest.endsWith(' -') || rest.length > 40) return null;
  const name = rest.slice(0, -2);
  return name === 'init complete' ? typed('health.boot.completed', {}) : typed('health.boot.step', { step: name });
}

/** `/etc/rc.d/S96led: setting up led wan link`: what a start script wrote. */
function scriptOutput(message: string, rest: string): TypedMessage | null {
  const colon = rest.indexOf(':');
  if (colon <= 0 || colon > 64 || rest.indexOf(' ') < colon) return null;
  const text = rest.slice(colon + 1).trim();
  return typed('health.service.output', { script: rest.slice(0, colon), text, isFault: tellsOfFault(text) });
}

const watchdogReset = (message: string): TypedMessage => typed('health.watchdog.reset', { detail: message.trimEnd() });

const PROCD: Phrase[] = [
  ['- ', step],
  ['Instance ', instance],
  ...alike(['/etc/rc.d/', '/etc/init.d/'], scriptOutput),
  ['Watchdog has previously reset the system', watchdogReset],
  ...alike(['Console is alive', 'uninitialized urandom read', 'Coldplug complete'], note),
  ...alike(['jail: ', '[instance_', '[service_', '[for_each_attr]'], (message) =>
    tellsOfFault(message) ? fault(message) : note(message),
  ),
  ...alike(['Failed to ', 'failed to ', 'pipe() failed', 'fork() failed', 'Command failed', 'glob failed '], fault),
  ...alike(['Unable to ', 'unable to ', 'Could not ', 'Error '], fault),
];

export const procd = phrasebook(PROCD);

/** `init: `, `preinit: ` before procd takes over. */
export const init = phrasebook([...PROCD, ...alike(['Press the ', 'Random number ', 'Kernel panic'], note)]);

export const kmodloader = phrasebook([
  ...alike(['loading kernel modules from ', 'done loading kernel modules from '], (message) =>
    typed('health.boot.step', { step: message.trimEnd() }),
  ),
  ...alike(['module is already loaded', 'overriding '], note),
  ...alike(['failed to ', 'missing dependency ', 'no module ', 'unable to ', 'no such module', 'invalid '], fault),
  ['found duplicate builtin module', note],
]);

/** Where the settings are kept: without its overlay a router forgets them at the next start. */
export const mountRoot = phrasebook([
  ...alike(['failed to ', 'reading ', 'unable to ', 'mounting '], storageError),
  ['switching to ', (message) => (tellsOfFault(message) ? storageError(message) : bootStep(message))],
  ...alike(
    ['loading kmods ', 'overlay filesystem ', 'jffs2 not ready', 'mounting /dev/root', 'overlay not ', 'no jffs2'],
    bootStep,
  ),
  ['extroot: ', (message) => (tellsOfFault(message) ? storageError(message) : note(message))],
]);

function bootStep(message: string): TypedMessage {
  return typed('health.boot.step', { step: message.trimEnd() });
}

const MOUNT_FAILED = /mounting \S{1,128} \([^)]{1,32}\) as \S{1,256} failed/y;

export const block = phrasebook([
  ...alike(['unable to load configuration', 'no usable configuration', 'attempting to load ', 'extroot: '], note),
  ['mounting ', (message) => (matchStart(MOUNT_FAILED, message) === null ? note(message) : storageError(message))],
  ...alike(['No "', 'failed to ', 'fsck: ', 'check_filesystem: ', 'unable to ', 'cannot '], storageError),
  ['/dev/', (message) => (tellsOfFault(message) ? storageError(message) : note(message))],
]);

const STARTED = /v(\d[\w.]{0,20}) started/y;

export const urngd = phrasebook([
  [
    'v',
    (message) => {
      const version = matchStart(STARTED, message)?.[1];
      return version === undefined ? null : typed('health.daemon.started', { version });
    },
  ],
  ...alike(['jent-rng init failed', 'cannot ', 'failed '], fault),
]);

export const urandomSeed = phrasebook([
  ...alike(['Seed saved', 'Seed file not found', 'Seeding with '], note),
  ...alike(['Error ', 'Failed ', 'Unable '], fault),
]);

/** busybox init's own tag, and what its scripts write. */
export function sysinit(message: string): TypedMessage {
  const text = message.trimEnd();
  return typed('health.service.output', { script: 'sysinit', text, isFault: tellsOfFault(text) });
}
