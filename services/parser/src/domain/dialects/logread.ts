/** logread itself: where the stream of a router has a gap. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';

const LINE = /(?:Logread connected to|Failed to send log data to) (\S{1,300})(?: via (\w{1,10}))?/y;

export function logread(message: string): TypedMessage | null {
  LINE.lastIndex = 0;
  const match = LINE.exec(message);
  if (match === null) return null;
  const where = { destination: match[1]!, transport: match[2] };
  return message.startsWith('L') ? typed('health.log.connected', where) : typed('health.log.send-failed', where);
}
