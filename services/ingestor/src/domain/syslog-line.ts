/** Tells a syslog line from any other text, by its first characters: PRI, or the time stamp that log files begin with. */

const PRIORITY = /^<(\d{1,3})>/;
/** `Nov 23 20:35:17 gw app: ...`, as log files have it. */
const BSD_TIME = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d /;
/** `Mon Nov 23 20:35:17 2026 daemon.info app: ...`, as logread shows it. */
const LOGREAD = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} [a-z0-9]+\.[a-z]+ /;
/** `2026-11-23T20:35:17.123456+01:00 gw app[1]: ...`, as rsyslog writes files. */
const ISO_FILE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) \S{1,255} [^\s:[\]]{1,64}(?:\[[^\]\s]{0,64}\])?:(?: |$)/;

const LONGEST_HEADER = 512;

/** True for a text that a syslog daemon wrote, and that a reader of syslog lines understands as it stands. */
export function isSyslogLine(text: string): boolean {
  const start = text.slice(0, LONGEST_HEADER);
  const priority = PRIORITY.exec(start);
  if (priority) return Number(priority[1]) <= 191;
  return BSD_TIME.test(start) || LOGREAD.test(start) || ISO_FILE.test(start);
}
