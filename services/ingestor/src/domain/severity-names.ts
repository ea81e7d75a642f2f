/** Numbers of severities and facilities by the names that senders use, and OpenTelemetry's severities as syslog's. */

const FACILITIES = [
  'kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp', 'ntp', 'audit',
  'alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7',
]; // prettier-ignore

const SEVERITIES = new Map(
  [
    ['emerg', 'emergency', 'panic', 'fatal'],
    ['alert'],
    ['crit', 'critical'],
    ['err', 'error'],
    ['warning', 'warn'],
    ['notice'],
    ['info', 'informational', 'information'],
    ['debug', 'trace'],
  ].flatMap((names, severity) => names.map((name): [string, number] => [name, severity])),
);

/** Facility of a name (`daemon`) or a number; null for anything else. */
export function facilityOf(value: string): number | null {
  const number = /^\d{1,2}$/.test(value) ? Number(value) : FACILITIES.indexOf(value.toLowerCase());
  return number >= 0 && number < FACILITIES.length ? number : null;
}

/** Severity of a name (`warn`, `Warning`) or a number; null for anything else. */
export function severityOf(value: string): number | null {
  if (/^[0-7]$/.test(value)) return Number(value);
  return SEVERITIES.get(value.toLowerCase()) ?? null;
}

/** By SeverityNumber 1 to 24: the inverse of what the log data model (appendix B) and the Collector's syslog parser set. */
const BY_NUMBER = [7, 7, 7, 7, 7, 7, 7, 7, 6, 5, 5, 5, 4, 4, 4, 4, 3, 2, 1, 1, 0, 0, 0, 0];

/** Syslog's severity for an OpenTelemetry SeverityNumber; null for 0 (unspecified) and what is none. */
export function severityOfNumber(severityNumber: number): number | null {
  return BY_NUMBER[severityNumber - 1] ?? null;
}
