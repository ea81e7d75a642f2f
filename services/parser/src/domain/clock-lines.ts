/** What time daemons say when they set the clock, which tells more than any stamp can. */

const NTPD = /setting time to .{1,40} \(offset ([+-]?\d{1,12}(?:\.\d{1,9})?)s\)/y;
const NTPD_HOTPLUG = /Time set, stratum=\d{1,2} interval=\d{1,9} offset=([+-]?\d{1,12}(?:\.\d{1,9})?)/y;
const CHRONYD = /System clock was stepped by ([+-]?\d{1,12}(?:\.\d{1,9})?) seconds/y;

const PHRASES: Readonly<Record<string, readonly RegExp[]>> = {
  // busybox networking/ntpd.c step_time(), and OpenWrt's ntpd-hotplug through logger
  ntpd: [NTPD, NTPD_HOTPLUG],
  sysntpd: [NTPD, NTPD_HOTPLUG],
  // chrony reference.c
  chronyd: [CHRONYD],
};

/** Seconds by which the line says that the clock was set, forward positive; null for any other line. */
export function clockSetBy(appName: string | null, message: string): number | null {
  if (appName === null || !Object.hasOwn(PHRASES, appName)) return null;
  for (const phrase of PHRASES[appName]!) {
    phrase.lastIndex = 0;
    const match = phrase.exec(message);
    if (match !== null) return Number(match[1]);
  }
  return null;
}
