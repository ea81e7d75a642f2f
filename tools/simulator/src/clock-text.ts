/** The times that a router writes: `Mmm dd hh:mm:ss` (ctime without year and zone, day padded with a space). */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

let cachedSecond = Number.NaN;
let cachedText = '';

/** The stamp of an instant in µs since the epoch; the simulated routers keep UTC, as OpenWrt does by default. */
export function syslogStamp(atMicros: number): string {
  const second = Math.floor(atMicros / 1e6);
  if (second !== cachedSecond) {
    const date = new Date(second * 1000);
    const day = String(date.getUTCDate()).padStart(2, ' ');
    cachedText = `${MONTHS[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)}`;
    cachedSecond = second;
  }
  return cachedText;
}

/** The kernel's `[seconds.micros]` since boot, padded to 12 characters as printk does. */
export function kernelStamp(sinceBootMicros: number): string {
  const seconds = Math.floor(sinceBootMicros / 1e6);
  const micros = Math.floor(sinceBootMicros - seconds * 1e6);
  return `[${String(seconds).padStart(5, ' ')}.${String(micros).padStart(6, '0')}]`;
}
