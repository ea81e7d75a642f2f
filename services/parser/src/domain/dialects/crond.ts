/** busybox crond, and the forms of vixie cron: jobs that ran, and a clock that jumped. A run is logged at `err`. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart, phrasebook } from './phrasebook.js';
import { alike } from './phrasebook.js';

const RUN = /USER (\S{1,64}) pid {1,4}(\d{1,10}) cmd /y;
const VIXIE = /\(([^)\s]{1,64})\) (CMD|CMDEND|ERROR|RELOAD|MAIL|LIST|STARTUP|INFO) \((.{0,1024})\)/y;
const DISPARITY = /time disparity of (-?\d{1,9}) minutes detected/y;
const STARTED = /(?:\S{1,64} )?\(?(?:busybox )?(\d[\w.]{0,20})\)? started/y;
const USER = /user (\S{1,64}): /y;

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.job.failed', { detail: message.trimEnd() });

function run(message: string): TypedMessage | null {
  const found = matchStart(RUN, message);
  if (found === null) return null;
  const command = message.slice(found[0].length).trimEnd();
  return typed('health.job.started', { userName: found[1]!, command, processId: Number(found[2]) });
}

function vixie(message: string): TypedMessage | null {
  const found = matchStart(VIXIE, message);
  if (found === null) return null;
  const [, userName = '', verb, text = ''] = found;
  if (verb === 'CMD') return typed('health.job.started', { userName, command: text });
  if (verb === 'ERROR') return typed('health.job.failed', { detail: text, userName });
  return note(message);
}

function started(message: string): TypedMessage | null {
  const version = matchStart(STARTED, message)?.[1];
  return version === undefined ? null : typed('health.daemon.started', { version });
}

function ofUser(message: string): TypedMessage | null {
  const userName = matchStart(USER, message)?.[1];
  return typed('health.job.failed', { detail: message.trimEnd(), userName });
}

function disparity(message: string): TypedMessage | null {
  const minutes = matchStart(DISPARITY, message)?.[1];
  return minutes === undefined ? null : typed('health.clock.jump-noticed', { minutes: Number(minutes) });
}

export const crond = phrasebook([
  ['USER ', run],
  ['(', vixie],
  ['wakeup dt=', note],
  ['time disparity of ', disparity],
  ['user ', ofUser],
  ...alike(['crond ', 'crond: crond ', '/usr/sbin/crond '], started),
  ...alike(["can't ", 'failed ', 'bad username', 'unable ', 'chdir', 'unlink ', 'ignoring file', 'exec'], fault),
  ...alike([' line ', 'line ', ' file ', 'file ', ' job: ', 'log level', 'finished job', 'user:'], note),
]);
