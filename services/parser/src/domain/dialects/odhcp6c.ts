/** odhcp6c, where it logs by its own tag and not through netifd: failures to send, and transactions with `-v`. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const SEND_FAILED = /Failed to send (RS|[A-Z-]{2,24})(?: message)?(?: to (\S{2,80}))? \((.{1,120})\)/y;
const SET_UP_FAILED =
  /(?:failed to (?:initialize|create|daemonize)|Failed to (?:daemonize|add|connect|send|set)|read error|unable to|resolv)/iy;
const TRANSACTION = /Starting ([\w-]{1,20}) transaction \(timeout/y;
const PROGRESS =
  /(?:\(re\)starting transaction on |entering (?:stateful|stateless)-mode on |Got a valid |Sending |Send |Received a valid |Option |IA_|Receiving |Server returned |starting <[\w-]{1,20}>)/y;
const MODE = /(?:\(re\)starting transaction|entering (?:stateful|stateless)-mode) on (\S{1,64})/y;

export function odhcp6cDaemon(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const send = matchStart(SEND_FAILED, text);
  if (send !== null) return typed('wan.lease.send-failed', { message: send[1]!, detail: send[3]! });
  const on = matchStart(MODE, text);
  if (on !== null) return typed('wan.daemon.note', { text, interface: on[1]! });
  if (matchStart(TRANSACTION, text) !== null || matchStart(PROGRESS, text) !== null) {
    return typed('wan.daemon.note', { text });
  }
  return matchStart(SET_UP_FAILED, text) === null ? null : typed('wan.daemon.fault', { detail: text });
}
