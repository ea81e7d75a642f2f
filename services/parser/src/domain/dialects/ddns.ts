/** ddns-scripts: the router's name in a dynamic DNS. `FreeDNS: Transfer failed - retry 7/0 in 60 seconds`, the section in front. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const SECTION = /([\w.-]{1,64}): (?=\S)/y;
const RETRIED = /.{1,200}? - retry \d{1,6}\/\d{1,6} in \d{1,9} seconds/y;
const UPDATED =
  /(?:Update successful|Forced update successful|IP update (?:successful|accepted)|.{0,40}updated? successful)/iy;
const FAILED =
  /(?:IP update not accepted|.{0,40}Error\b|CRITICAL ERROR|Transfer failed|Update (?:failed|not)|Updating IP .{0,80}failed|Can not |Cannot |Could not |Verify (?:DNS|Proxy)|.{0,80}[Tt]imeout|.{0,80} not (?:accepted|found|responding|reachable)|No (?:update|valid|connection|network)|Get (?:local|registered|uncached) .{0,60}fail|PID file|.{1,60} failed\b)/y;
const INVALID =
  /(?:CRITICAL ERROR - )?(?:Service Configuration|Service [Ss]ection|No update_url|Wrong |Configuration|Could not detect usable program|.{0,40}not configured|invalid|'?\w{1,32}'? (?:must|not set|is not))/y;
const NOTE =
  /(?:PID '|IP address|Starting |Running|Process |sending|Local|Registered|Current|Detect|Waiting|Update needed|Forc|Verify|Device|Transfer|Terminated|ddns|using |Used |'|Received |ver(?:sion|bose)|loglevel|log|WARN|INFO|force|ret(?:ry|ies)|check|next|last)/iy;

export function ddns(message: string): TypedMessage | null {
  const named = matchStart(SECTION, message);
  const text = (named === null ? message : message.slice(named[0].length)).trimEnd();
  const section = named?.[1];
  if (matchStart(RETRIED, text) !== null) return typed('wan.ddns.retried', { section, detail: text });
  if (matchStart(UPDATED, text) !== null) return typed('wan.ddns.updated', { section, detail: text });
  if (matchStart(INVALID, text) !== null) return typed('wan.ddns.config-invalid', { section, detail: text });
  if (matchStart(FAILED, text) !== null) return typed('wan.ddns.update-failed', { section, detail: text });
  return matchStart(NOTE, text) === null ? null : typed('wan.ddns.note', { section, text });
}
